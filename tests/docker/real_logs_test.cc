// An activation's log, by way of the engine.
#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>

#include "logs/log_collector.h"
#include "tests/docker/docker_fixture.h"

namespace owpool::docker_test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Clock = std::chrono::steady_clock;

TEST_CASE("each activation gets its own lines, also after ones whose log nobody wanted",
          "[logs]") {
  Fixture fixture;
  TestContainer container = warm(*fixture.factory, script(R"(
function main(args) {
  for (let i = 0; i < 3; ++i) console.log(args.n, i);
  console.error(args.n, 'error');
  return args;
})"));
  container.run("{\"n\":1}");
  container.run("{\"n\":2}");
  container.run("{\"n\":3}");
  for (const char* n : {"3", "4", "5"}) {
    if (*n != '3') container.run(std::string("{\"n\":") + n + "}");
    bool complete = false;
    std::vector<std::string> lines = container.logs(&complete);
    CHECK(complete);
    std::sort(lines.begin(), lines.end());
    const std::string out = std::string("out:") + n;
    CHECK(lines == std::vector<std::string>{std::string("err:") + n + " error", out + " 0",
                                            out + " 1", out + " 2"});
  }
}

TEST_CASE("lines have the time at which the engine read them", "[logs]") {
  Fixture fixture;
  TestContainer container =
      warm(*fixture.factory, script("function main(a) { console.log('x'); return a; }"));
  const std::int64_t before = logs::unixNanos();
  container.run();
  const ActivationLogs logs = container.container->collectLogs({ByteSize::mebibytes(1), true});
  REQUIRE(logs.lines.size() == 1);
  CHECK(logs.lines[0].unix_nanos > before);
  CHECK(logs.lines[0].unix_nanos < logs::unixNanos());
}

TEST_CASE("a line longer than the engine's pieces is put together", "[logs]") {
  Fixture fixture;
  TestContainer container = warm(
      *fixture.factory,
      script("function main(a) { console.log('x'.repeat(20000) + 'yz'); return a; }"));
  container.run();
  const auto lines = container.logs();
  REQUIRE(lines.size() == 2);  // As long as Docker's own driver makes them.
  CHECK(lines[0] + lines[1].substr(4) == "out:" + std::string(20000, 'x') + "yz");
}

TEST_CASE("a flood of output is cut at the limit, and the next log is its own", "[logs]") {
  Fixture fixture;
  TestAction flood = script(R"(
const fs = require('fs');
function main(args) {
  for (let i = 0; i < (args.lines ?? 0); ++i) fs.writeSync(1, 'x'.repeat(999) + '\n');
  console.log('last');
  return {};
})");
  flood.log_limit = ByteSize::bytes(100000);
  TestContainer container = warm(*fixture.factory, flood);
  // The second is more than the engine keeps of a container's log.
  const bool rotates = GENERATE(false, true);
  const std::string lines_count = rotates ? "80000" : "20000";
  CHECK(container.run("{\"lines\":" + lines_count + "}").status == ActivationStatus::Success);
  bool complete = true;
  auto lines = container.logs(&complete);
  CHECK_FALSE(complete);
  CHECK(lines.size() <= 102);
  CHECK(lines.back() ==
        "err:Logs were truncated because the total bytes size exceeds the limit of 100000 bytes.");
  if (rotates) return;
  container.run();
  lines = container.logs(&complete);
  CHECK(complete);
  CHECK(lines == std::vector<std::string>{"out:last"});
}

TEST_CASE("what a container wrote last is in its log, though it ended without an end mark",
          "[logs]") {
  Fixture fixture;
  TestContainer container = warm(
      *fixture.factory,
      script("function main() { require('fs').writeSync(1, 'last words'); process.exit(1); }"));
  CHECK(container.run().status == ActivationStatus::DeveloperError);
  const auto start = Clock::now();
  SECTION("as it is asked after a developer's error") {
    const ActivationLogs logs =
        container.container->collectLogs({ByteSize::mebibytes(1), false});
    REQUIRE(logs.lines.size() == 1);
    CHECK(logs.lines[0].text == "last words");
    CHECK(logs.complete);
  }
  SECTION("as it is asked by who expects the mark") {
    bool complete = true;
    const auto lines = container.logs(&complete);
    CHECK(lines.front() == "out:last words");
    CHECK_FALSE(complete);
  }
  CHECK(Clock::now() - start < seconds(2));
}

TEST_CASE("an end mark that never comes is waited for two seconds of silence", "[logs]") {
  Fixture fixture;
  TestAction action{R"(
import os
def main(args):
  print('a', flush=True)
  os.dup2(os.open('/dev/null', os.O_WRONLY), 2)
  return {}
)"};
  action.image = pythonImage();
  TestContainer container = warm(*fixture.factory, action);
  container.run();
  const auto start = Clock::now();
  bool complete = true;
  const auto lines = container.logs(&complete);
  CHECK_FALSE(complete);
  CHECK(lines.front() == "out:a");
  CHECK(Clock::now() - start >= milliseconds(1900));
  CHECK(Clock::now() - start < seconds(4));
}

TEST_CASE("logs are collected after a pause as before", "[logs]") {
  DockerFactoryConfig config = testConfig();
  config.pause = GENERATE(DockerPause::Engine, DockerPause::Freezer);
  Fixture fixture(std::move(config));
  TestContainer container = warm(
      *fixture.factory, script("function main(a) { console.log(a.n); return a; }"));
  for (const char* n : {"1", "2", "3"}) {
    container.run(std::string("{\"n\":") + n + "}");
    CHECK(container.logs() == std::vector<std::string>{std::string("out:") + n});
    REQUIRE(container.container->pause(seconds(10)).ok());
    REQUIRE(container.container->resume(seconds(10)).ok());
  }
}

}  // namespace
}  // namespace owpool::docker_test
