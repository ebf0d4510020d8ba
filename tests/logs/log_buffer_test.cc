#include "logs/log_buffer.h"

#include <catch2/catch.hpp>

namespace owpool::logs {
namespace {

constexpr std::string_view kMark = "MARK";
constexpr LogStream kOut = LogStream::Stdout;
constexpr LogStream kErr = LogStream::Stderr;

struct Log {
  LogBuffer buffer{kMark};

  void begin(ByteSize limit = ByteSize::mebibytes(1), bool alone = true) {
    buffer.beginActivation(limit, alone);
  }
  void line(LogStream stream, std::string text) { buffer.add(LogLine{1, stream, std::move(text)}); }
  void end() {
    line(kOut, std::string(kMark));
    line(kErr, std::string(kMark));
  }
  std::vector<std::string> take(ByteSize limit = ByteSize::mebibytes(1), bool wait = true) {
    std::vector<std::string> texts;
    const ActivationLogs logs = buffer.take(LogRequest{limit, wait}, 2);
    complete = logs.complete;
    for (const LogLine& each : logs.lines) texts.push_back(each.text);
    return texts;
  }
  bool complete = false;
};
using Texts = std::vector<std::string>;

TEST_CASE("lines come in the order of their arrival, without the end marks") {
  Log log;
  log.line(kOut, "from init");
  log.begin();
  log.line(kErr, "a");
  log.line(kOut, "b");
  log.line(kErr, "with text before the MARK");
  CHECK_FALSE(log.buffer.ended());
  log.line(kOut, "c");
  log.line(kOut, "MARK");
  CHECK(log.buffer.ended());
  CHECK(log.take() == Texts{"from init", "a", "b", "c"});
  CHECK(log.complete);
}

TEST_CASE("an end mark that is missing is said, once what there is was given") {
  Log log;
  log.begin();
  log.line(kOut, "a");
  log.line(kOut, "MARK");
  CHECK(log.take() == Texts{"a", std::string(kLogFailureMessage)});
  CHECK_FALSE(log.complete);
}

TEST_CASE("a log that nobody collected is not the next activation's") {
  Log log;
  log.begin();
  log.line(kOut, "first");
  SECTION("when its end marks came in time") { log.end(); }
  SECTION("when they come after the next one began") {
    log.begin();
    log.line(kOut, "late, of the first");
    log.line(kErr, "late, of the first");
    log.end();
    log.line(kOut, "second");
    log.end();
    CHECK(log.take() == Texts{"second"});
    CHECK(log.complete);
    return;
  }
  SECTION("when only one of them came in time") {
    log.line(kErr, "MARK");
    log.begin();
    log.line(kErr, "second err");
    log.line(kOut, "late, of the first");
    log.line(kOut, "MARK");
    log.line(kOut, "second out");
    log.end();
    CHECK(log.take() == Texts{"second err", "second out"});
    return;
  }
  log.begin();
  log.line(kOut, "second");
  log.end();
  CHECK(log.take() == Texts{"second"});
  CHECK(log.complete);
}

TEST_CASE("an activation that was not received owes no end mark") {
  Log log;
  log.begin();
  log.buffer.activationNotDelivered();
  log.begin();
  log.line(kOut, "a");
  log.end();
  CHECK(log.take() == Texts{"a"});
  CHECK(log.complete);
}

TEST_CASE("an action that writes end marks itself harms its own log only") {
  Log log;
  log.begin();
  log.line(kOut, "a");
  log.end();
  log.line(kOut, "behind a false end");
  log.end();
  log.end();
  CHECK(log.take() == Texts{"a"});
  log.begin();
  log.line(kOut, "b");
  CHECK_FALSE(log.buffer.ended());
  log.end();
  CHECK(log.take() == Texts{"b"});
}

TEST_CASE("a runtime that marks no ends has its lines given as they are") {
  Log log;
  log.begin();
  log.line(kOut, "a");
  CHECK(log.take(ByteSize::mebibytes(1), false) == Texts{"a"});
  CHECK(log.complete);
  log.begin();
  log.line(kErr, "b");
  CHECK(log.take(ByteSize::mebibytes(1), false) == Texts{"b"});
  CHECK(log.complete);
}

TEST_CASE("activations that run at once take a pair of end marks each") {
  Log log;
  log.begin(ByteSize::mebibytes(1), false);
  log.line(kOut, "a");
  log.begin(ByteSize::mebibytes(1), false);
  log.end();
  log.line(kOut, "b");
  log.end();
  CHECK(log.take() == Texts{"a"});
  CHECK(log.buffer.ended());
  CHECK(log.take() == Texts{"b"});
  CHECK_FALSE(log.buffer.ended());
}

TEST_CASE("of activations that run at once, one that breaks leaves the others their end marks") {
  Log log;
  const ByteSize limit = ByteSize::mebibytes(1);
  for (int i = 0; i < 3; ++i) log.begin(limit, false);
  log.line(kOut, "a");
  log.end();
  SECTION("when it wrote none") {
    log.line(kOut, "b");
    CHECK(log.take(limit, false) == Texts{"a"});
    CHECK(log.buffer.ended());
    CHECK(log.take() == Texts{});
    CHECK(log.complete);
    log.line(kErr, "c");
    log.end();
    CHECK(log.take() == Texts{"b", "c"});
    CHECK(log.complete);
  }
  SECTION("when it wrote its own as well") {
    CHECK(log.take(limit, false) == Texts{"a"});
    log.line(kOut, "b");
    log.end();
    CHECK(log.take() == Texts{});
    log.line(kOut, "c");
    log.end();
    CHECK(log.take() == Texts{"b", "c"});
    CHECK(log.complete);
    CHECK_FALSE(log.buffer.ended());
  }
  SECTION("when one of the others was never received") {
    log.buffer.activationNotDelivered();
    CHECK(log.take(limit, false) == Texts{"a"});
    log.line(kOut, "b");
    CHECK(log.take() == Texts{"b"});
    CHECK(log.complete);
  }
}

TEST_CASE("lines beyond the limit are dropped and a last line says so") {
  struct Row {
    std::int64_t limit;
    Texts expected;
  };
  const std::string notice =
      "Logs were truncated because the total bytes size exceeds the limit of ";
  // Each line weighs its text and one byte.
  const std::vector<Row> rows{{8, {"aaa", "bbb"}},
                              {7, {"aaa", notice + "7 bytes."}},
                              {4, {"aaa", notice + "4 bytes."}},
                              {0, {notice + "0 bytes."}}};
  for (const Row& row : rows) {
    Log log;
    log.begin();
    log.line(kOut, "aaa");
    log.line(kErr, "bbb");
    log.end();
    CHECK(log.take(ByteSize::bytes(row.limit)) == row.expected);
    CHECK(log.complete == (row.expected.size() == 2 && row.limit == 8));
  }
}

TEST_CASE("a flood is bounded whatever the length of its lines, and its end is still found") {
  for (const std::size_t length : {std::size_t{0}, std::size_t{16384}}) {
    Log log;
    const ByteSize limit = ByteSize::mebibytes(64);
    log.begin(ByteSize::bytes(1000));
    for (int i = 0; i < 100000; ++i) log.line(kOut, std::string(length, 'x'));
    log.end();
    CHECK(log.buffer.ended());
    const Texts texts = log.take(limit);
    CHECK_FALSE(log.complete);
    CHECK(texts.size() < 20000);
    CHECK(texts.back() == logTruncatedMessage(limit));
    log.begin();
    log.line(kOut, "next");
    log.end();
    CHECK(log.take() == Texts{"next"});
    CHECK(log.complete);
  }
}

}  // namespace
}  // namespace owpool::logs
