#include "owpoold/admin/log_tail.h"

#include <catch2/catch.hpp>

#include <string>
#include <thread>
#include <vector>

namespace owpool::daemon {
namespace {

using namespace std::chrono_literals;

constexpr ActivationId kOne{0, 1};
constexpr ActivationId kTwo{0, 2};

std::vector<LogLine> linesOf(const std::vector<std::string>& texts) {
  std::vector<LogLine> lines;
  for (const std::string& text : texts) lines.push_back({0, LogStream::Stdout, text});
  return lines;
}

std::vector<std::string> textsOf(const LogTail::Batch& batch) {
  std::vector<std::string> texts;
  for (const auto& line : batch.lines) texts.push_back(line.line.text);
  return texts;
}

using Texts = std::vector<std::string>;

TEST_CASE("an action is meant by the last parts of its name") {
  for (const char* filter :
       {"hello", "package/hello", "guest/package/hello", "/guest/package/hello"}) {
    CHECK(isCalled("guest/package/hello", filter));
  }
  for (const char* filter : {"ello", "package", "other/hello", "guest"}) {
    CHECK(!isCalled("guest/package/hello", filter));
  }
}

TEST_CASE("the last lines are given in order, filtered by action and activation") {
  LogTail tail;
  tail.append("guest/a", kOne, linesOf({"1", "2"}));
  tail.append("guest/b", kTwo, linesOf({"3"}));
  tail.append("guest/a", kTwo, linesOf({"4"}));
  CHECK(textsOf(tail.last({}, 2)) == Texts{"3", "4"});
  CHECK(textsOf(tail.last({"a", std::nullopt}, 9)) == Texts{"1", "2", "4"});
  CHECK(textsOf(tail.last({"a", kTwo}, 9)) == Texts{"4"});
  CHECK(tail.last({"none", std::nullopt}, 9).lines.empty());
  CHECK(tail.last({}, 0).next == 4);
}

TEST_CASE("who reads on gets each line once, in batches") {
  LogTail tail;
  tail.append("guest/a", kOne, linesOf({"1", "2", "3"}));
  auto batch = tail.after(0, {}, 2, 0s);
  CHECK(textsOf(batch) == Texts{"1", "2"});
  batch = tail.after(batch.next, {}, 2, 0s);
  CHECK(textsOf(batch) == Texts{"3"});
  batch = tail.after(batch.next, {}, 2, 0s);
  CHECK(batch.lines.empty());
  CHECK(batch.next == 3);
}

TEST_CASE("who reads too slowly is told how many lines are lost") {
  const bool by_count = GENERATE(true, false);
  LogTail::Limits limits;
  (by_count ? limits.lines_max : limits.bytes_max) = 2;
  LogTail tail(limits);
  tail.append("guest/a", kOne, linesOf({"1"}));
  const auto first = tail.after(0, {}, 9, 0s);
  tail.append("guest/a", kOne, linesOf({"2", "3", "4", "5"}));
  const auto second = tail.after(first.next, {}, 9, 0s);
  CHECK(second.lost_count == 2);
  CHECK(textsOf(second) == Texts{"4", "5"});
  CHECK(tail.after(second.next, {}, 9, 0s).lost_count == 0);
}

TEST_CASE("a reader is woken by the lines that it waits for, not by others, and by the end") {
  LogTail tail;
  Texts got;
  std::thread reader([&] {
    const auto batch = tail.after(0, {"a", std::nullopt}, 9, 20s);
    got = textsOf(batch);
    tail.after(batch.next, {}, 9, 20s);
  });
  tail.append("guest/b", kOne, linesOf({"not this"}));
  tail.append("guest/a", kOne, linesOf({"this"}));
  tail.close();
  reader.join();
  CHECK(got == Texts{"this"});
}

}  // namespace
}  // namespace owpool::daemon
