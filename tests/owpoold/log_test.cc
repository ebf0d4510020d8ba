#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <chrono>

#include "json/json.h"
#include "owpoold/operation/log.h"
#include "owpoold/operation/log_sink.h"

namespace owpool::daemon {
namespace {

using namespace std::chrono_literals;

constexpr std::int64_t kTime = 1'700'000'000'007;

std::string droppedLine(std::uint64_t count) { return "dropped " + std::to_string(count) + "\n"; }

struct Pipe {
  Pipe() { REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0); }
  ~Pipe() {
    for (const int fd : ends) ::close(fd);
  }
  // What is in it now.
  std::string drain() const {
    ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
    std::string text;
    std::array<char, 65536> buffer;
    for (ssize_t n; (n = ::read(ends[0], buffer.data(), buffer.size())) > 0;) {
      text.append(buffer.data(), static_cast<std::size_t>(n));
    }
    return text;
  }
  std::array<int, 2> ends{};
};

TEST_CASE("a log line cannot be forged") {
  const std::string line = logLine(LogFormat::Text, kTime, LogLevel::Info, "said \"it\"",
                                   {{"name", "a\nlevel=error \x1b[2J\\\xff"}});
  CHECK(line ==
        "time=2023-11-14T22:13:20.007Z level=info msg=\"said \\\"it\\\"\" "
        "name=\"a\\x0alevel=error \\x1b[2J\\\\\\xff\"");
  CHECK(logLine(LogFormat::Text, kTime, LogLevel::Info, std::string(100000, 'x'), {}).size() <
        3000);
}

TEST_CASE("a log line in JSON is one object, whatever the values hold") {
  const std::string line = logLine(LogFormat::Json, kTime, LogLevel::Error, "said \"it\"",
                                   {{"activation", "a\nb\xff"}});
  CHECK(line.find('\n') == std::string::npos);
  const auto object = json::parse(line);
  REQUIRE(object.ok());
  CHECK(object->member("time")->asString() == "2023-11-14T22:13:20.007Z");
  CHECK(object->member("level")->asString() == "error");
  CHECK(object->member("msg")->asString() == "said \"it\"");
  CHECK(object->member("activation")->asString() == "a\nb\xEF\xBF\xBD");
  CHECK(logLine(LogFormat::Json, kTime, LogLevel::Info, std::string(100000, 'x'), {}).size() <
        3000);
}

TEST_CASE("what is below the level is not logged") {
  CHECK_FALSE(isLogged(LogLevel::Debug));
  CHECK(isLogged(LogLevel::Info));
  setLogLevel(LogLevel::Warning);
  CHECK_FALSE(isLogged(LogLevel::Info));
  CHECK(isLogged(LogLevel::Error));
  setLogLevel(LogLevel::Info);
}

TEST_CASE("the journal is known by its device and inode") {
  struct stat file {};
  file.st_dev = 8;
  file.st_ino = 1234;
  CHECK(isJournal("8:1234", file));
  for (const char* other : {"", "8:", "8:123", "8:12345", "9:1234", "1234"}) {
    CHECK_FALSE(isJournal(other, file));
  }
}

TEST_CASE("a full pipe stops nobody for long, and what was lost is counted and told") {
  const Pipe pipe;
  LogSink sink(pipe.ends[1], droppedLine, 20ms);
  const std::string line = std::string(999, 'x') + "\n";
  const auto began = std::chrono::steady_clock::now();
  for (int i = 0; i < 1000; ++i) sink.write(line);  // A megabyte: pipes hold 64 KiB.
  CHECK(std::chrono::steady_clock::now() - began < 10s);
  const std::uint64_t dropped = sink.dropped();
  CHECK(dropped > 900);
  pipe.drain();
  sink.write("after\n");
  // The line feed ends the line that was cut, if one was.
  const std::string end = "dropped " + std::to_string(dropped) + "\nafter\n";
  const std::string text = pipe.drain();
  CHECK(text.substr(text.size() - end.size()) == end);
  CHECK((text.size() == end.size() || text == "\n" + end));
  sink.write("next\n");
  CHECK(pipe.drain() == "next\n");
  CHECK(sink.dropped() == dropped);
}

TEST_CASE("a full socket, such as the journal's, stops nobody either") {
  std::array<int, 2> ends{};
  REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) == 0);
  LogSink sink(ends[1], droppedLine, 20ms);
  for (int i = 0; i < 2000; ++i) sink.write(std::string(999, 'x') + "\n");
  CHECK(sink.dropped() > 0);
  ::close(ends[0]);
  sink.write("nobody is there any more\n");
  ::close(ends[1]);
}

}  // namespace
}  // namespace owpool::daemon
