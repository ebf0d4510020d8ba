// Answers of the daemon, and what is shown of them.
#include <catch2/catch.hpp>

#include <algorithm>
#include <string>

#include "owpoolctl/commands.h"

namespace owpool::ctl {
namespace {

json::Value parsed(const std::string& text) {
  const auto value = json::parse(text);
  INFO(text);
  REQUIRE(value.ok());
  return *value;
}

TEST_CASE("ps is a table of containers") {
  const std::string answer = R"({"containers":[
    {"id":1,"state":"prewarmed","memory":268435456,"active":0,"kind":"nodejs:20","age_ms":65000,
     "address":"unix:/c1"},
    {"id":12,"state":"warmed","phase":"paused","memory":134217728,"active":0,"kind":"python:3",
     "age_ms":120000,"idle_ms":1500,"namespace":"guest","action":"guest/\u001b[2Jhash",
     "version":"0.0.1","concurrency":5,"address":"unix:/c12"}]})";
  CHECK(containersText(parsed(answer)) ==
        "ID  STATE      KIND       ACTION      NAMESPACE  MEMORY  ACTIVE   IDLE        AGE  "
        "ADDRESS\n"
        " 1  prewarmed  nodejs:20  -           -          256 MB       -      -  1 min 5 s  "
        "unix:/c1\n"
        "12  paused     python:3   guest/hash  guest      128 MB     0/5  1.5 s      2 min  "
        "unix:/c12\n");
  CHECK(containersText(parsed(R"({"containers":[]})")) ==
        "ID  STATE  KIND  ACTION  NAMESPACE  MEMORY  ACTIVE  IDLE  AGE  ADDRESS\n");
}

const char* const kStats = R"({"version":"0.1.0","uptime_us":200000000,
  "containers":{"starting":0,"prewarmed":2,"warming":0,"busy":1,"idle":2,"removing":0},
  "memory":{"limit":1073741824,"user":805306368,"idle":536870912,"prewarm":536870912},
  "buffer":{"count":2,"memory":536870912,"oldest_us":1500000},"unanswered":3,
  "starts":{"warmed":12,"warming":0,"prewarmed":1,"cold":3,"recreated":0},
  "evicted":4,"refused":0,"rescheduled":0,
  "stem_cells":[{"kind":"nodejs:20","memory":268435456,"wanted":2,"starting":1,"ready":1}],
  "recent":{"window_us":60000000,"count":5,"wait_p50_us":900,"wait_p99_us":250000,
            "run_p50_us":4000,"run_p99_us":90000},
  "actions":[
    {"action":"guest/idle","count":0,"busy":0,"idle":1,"starts":{}},
    {"action":"guest/hello","count":5,"busy":1,"idle":1,"starts":{"cold":1,"recreated":1},
     "wait_p50_us":900,"wait_p99_us":250000,"run_p50_us":4000,"run_p99_us":90000}]})";

TEST_CASE("top shows the pool in one frame, the busiest actions first") {
  CHECK(frameText(parsed(kStats), {100, 30}, {}) ==
        "owpoold 0.1.0, up 3 min 20 s\n"
        "containers  2 prewarmed, 1 busy, 2 idle\n"
        "memory      [#######===============........] 768 MB of 1024 MB, of it 512 MB idle; "
        "stem cells 512 MB\n"
        "buffer      2 activations waiting for 512 MB, the oldest for 1.5 s\n"
        "stem cells  nodejs:20 256 MB 1/2 (1 starting)\n"
        "starts      12 warmed, 1 prewarmed, 3 cold; 4 evicted, 0 refused, 0 rescheduled\n"
        "lately      5 activations in 1 min; wait p50 900 µs, p99 250 ms; run p50 4.0 ms, "
        "p99 90 ms\n"
        "\n"
        "ACTION       RAN  COLD  BUSY  IDLE  WAIT P50     P99  RUN P50    P99\n"
        "guest/hello    5     2     1     1    900 µs  250 ms   4.0 ms  90 ms\n"
        "guest/idle     0     0     0     1         -       -        -      -\n");
}

TEST_CASE("a frame is never larger than the screen") {
  const TerminalSize size = GENERATE(TerminalSize{20, 5}, TerminalSize{1, 1}, TerminalSize{79, 10});
  const std::string frame = frameText(parsed(kStats), size, {});
  CHECK(static_cast<std::size_t>(std::count(frame.begin(), frame.end(), '\n')) <= size.rows);
  for (std::size_t from = 0; from < frame.size();) {
    const std::size_t end = frame.find('\n', from);
    CHECK(widthOf(frame.substr(from, end - from)) <= size.columns);
    from = end + 1;
  }
}

TEST_CASE("colour changes nothing but colour") {
  CHECK(cleaned(frameText(parsed(kStats), {60, 4}, Style{true})) ==
        cleaned(frameText(parsed(kStats), {60, 4}, Style{false})));
}

TEST_CASE("a pool that does nothing says so") {
  const auto frame = frameText(parsed(R"({"version":"0.1.0","uptime_us":1000000,"containers":{},
    "memory":{"limit":1073741824,"user":0,"idle":0,"prewarm":0},"buffer":{"count":0,"memory":0},
    "starts":{},"stem_cells":[],"recent":{"window_us":60000000,"count":0},"actions":[]})"),
                               {90, 30}, {});
  CHECK(frame.find("containers  none\n") != std::string::npos);
  CHECK(frame.find("buffer      nobody waits\n") != std::string::npos);
  CHECK(frame.find("stem cells  none are kept\n") != std::string::npos);
  CHECK(frame.find("lately      0 activations in 1 min\n") != std::string::npos);
}

TEST_CASE("log lines tell when, who and where, without what could move the cursor") {
  const std::string answer = R"({"next":9,"lost":0,"lines":[
    {"action":"guest/hello","activation":"0123456789abcdef0123456789abcdef","at_ms":1700000000042,
     "is_error":false,"text":"hi\u001b[2J\rthere"},
    {"action":"guest/hello","activation":"0123456789abcdef0123456789abcdef","at_ms":1700000000043,
     "is_error":true,"text":"oh"}]})";
  CHECK(logLinesText(parsed(answer), {}) ==
        "2023-11-14T22:13:20.042Z guest/hello 01234567 stdout: hithere\n"
        "2023-11-14T22:13:20.043Z guest/hello 01234567 stderr: oh\n");
}

TEST_CASE("lost lines are counted, recorded ones are shown as they are") {
  CHECK(logLinesText(parsed(R"({"next":9,"lost":2,"lines":[]})"), {}) ==
        "-- 2 lines came too fast and are lost --\n");
  const auto recorded =
      parsed(R"({"next":9,"lost":0,"lines":[],"recorded":["2023 stdout: x\u0007"]})");
  CHECK(logLinesText(recorded, {}) == "2023 stdout: x\n");
}

TEST_CASE("namespaces are listed with the limits that are their own") {
  CHECK(namespacesText(parsed(R"({"namespaces":[{"name":"guest","concurrent_invocations":null},
          {"name":"team","concurrent_invocations":5,"invocations_per_minute":100}]})")) ==
        "NAMESPACE  CONCURRENT  PER MINUTE\n"
        "guest         default     default\n"
        "team                5         100\n");
  CHECK(namespacesText(parsed(R"({"namespaces":[{"name":"team",
          "concurrent_invocations":9223372036854775807}]})")) ==
        "NAMESPACE  CONCURRENT  PER MINUTE\n"
        "team             none     default\n");
}

}  // namespace
}  // namespace owpool::ctl
