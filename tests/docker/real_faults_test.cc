// What may happen to the engine, and to what it keeps for us.
#include <catch2/catch.hpp>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <thread>

#include "tests/docker/docker_fixture.h"

namespace owpool::docker_test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const char* const kEcho = "function main(args) { console.log('ran'); return args; }";

bool contains(const absl::Status& status, const std::string& part) {
  return std::string(status.message()).find(part) != std::string::npos;
}

TEST_CASE("an engine that is killed takes no container with it until it is back", "[faults]") {
  Fixture fixture;
  TestContainer container = warm(*fixture.factory, script(kEcho));
  TestContainer dies_meanwhile = warm(*fixture.factory, script(kEcho));
  const auto pid = infoOf(*dies_meanwhile.container).pid;
  endEngine(SIGKILL);
  CHECK(container.run("{\"a\":1}").result == "{\"a\":1}");
  CHECK(create(*fixture.factory, script(kEcho)).status().code() ==
        absl::StatusCode::kUnavailable);
  CHECK(container.container->pause(seconds(2)).code() == absl::StatusCode::kUnavailable);
  ::kill(static_cast<pid_t>(pid), SIGKILL);
  std::this_thread::sleep_for(milliseconds(100));
  CHECK(*container.deaths == 0);
  startEngine();
  // It ends what it finds running, since it was not told to let it live.
  CHECK(eventually([&] { return *dies_meanwhile.deaths == 1 && *container.deaths == 1; },
                   seconds(20)));
  CHECK(container.container->destroy(seconds(30)).ok());
  CHECK(dies_meanwhile.container->destroy(seconds(30)).ok());
  CHECK(warm(*fixture.factory, script(kEcho)).run("{\"b\":2}").result == "{\"b\":2}");
}

TEST_CASE("an engine that ends in good order ends its containers, which is noticed", "[faults]") {
  Fixture fixture;
  TestContainer container = warm(*fixture.factory, script(kEcho));
  TestContainer paused = warm(*fixture.factory, script(kEcho));
  REQUIRE(paused.container->pause(seconds(10)).ok());
  endEngine(SIGTERM);
  startEngine();
  CHECK(eventually([&] { return *container.deaths == 1 && *paused.deaths == 1; }, seconds(20)));
  CHECK(container.container->destroy(seconds(30)).ok());
  CHECK(paused.container->destroy(seconds(30)).ok());
  CHECK(warm(*fixture.factory, script(kEcho)).run("{\"b\":2}").result == "{\"b\":2}");
}

TEST_CASE("what a run that was killed left behind is removed by the next one", "[faults]") {
  nodeImage();
  REQUIRE(shell("docker network create --label org.owpool.instance=test owpool-test >/dev/null") ==
          0);
  for (const char* options :
       {"--label org.owpool.instance=test --name owpool_leftover", "--name owpool_other",
        "--label org.owpool.instance=test2"}) {
    REQUIRE(shell("docker run -d --network owpool-test " + std::string(options) + " " +
                  nodeImage() +
                  " >/dev/null") == 0);
  }
  REQUIRE(shell("docker pause owpool_leftover >/dev/null") == 0);
  REQUIRE(shell("docker create --label org.owpool.instance=test " + nodeImage() + " >/dev/null") ==
          0);
  {
    Fixture fixture;
    CHECK(ourContainers().empty());
    CHECK(outputOf("docker ps -q | wc -l") == "2");
  }
  // In the network are those that are not ours: it stays.
  CHECK(engine().inspectNetwork("owpool-test").ok());
  REQUIRE(shell("docker rm -f $(docker ps -aq) >/dev/null") == 0);
  REQUIRE(shell("docker network rm owpool-test >/dev/null") == 0);
}

TEST_CASE("a container that was left frozen is removed as soon as any other", "[faults]") {
  const std::string id = outputOf("docker run -d --label org.owpool.instance=test " +
                                  std::string("--network none ") + nodeImage());
  REQUIRE(shell("for f in $(find /sys/fs/cgroup -path '*" + id +
                "' ) ; do if [ -e $f/freezer.state ]; then echo FROZEN >$f/freezer.state; "
                "elif [ -e $f/cgroup.freeze ] && [ ! -e /sys/fs/cgroup/freezer ]; then "
                "echo 1 >$f/cgroup.freeze; fi; done") == 0);
  const auto start = std::chrono::steady_clock::now();
  Fixture fixture;
  CHECK(ourContainers().empty());
  CHECK(std::chrono::steady_clock::now() - start < seconds(5));
}

TEST_CASE("a name that is taken keeps nobody from starting", "[faults]") {
  Fixture fixture;
  const std::string run = "docker run -d --name owpool_taken ";
  SECTION("by a leftover of ours") {
    REQUIRE(shell(run + "--network owpool-test --label org.owpool.instance=test " + nodeImage() +
                  " >/dev/null") == 0);
    auto container = create(*fixture.factory, script(kEcho), "taken");
    CHECK(container.ok());
    CHECK(ourContainers().size() == 1);
  }
  SECTION("by somebody else") {
    REQUIRE(shell(run + "--network none " + nodeImage() + " >/dev/null") == 0);
    auto container = create(*fixture.factory, script(kEcho), "taken");
    CHECK(container.ok());
    CHECK(outputOf("docker ps -q | wc -l") == "2");
    REQUIRE(shell("docker rm -f owpool_taken >/dev/null") == 0);
  }
}

TEST_CASE("a container that somebody restarts has died, since it lost its code", "[faults]") {
  Fixture fixture;
  TestContainer container = warm(*fixture.factory, script(kEcho));
  REQUIRE(shell("docker restart -t 0 " + infoOf(*container.container).id + " >/dev/null") == 0);
  CHECK(eventually([&] { return *container.deaths == 1; }));
}

TEST_CASE("a container that somebody removed has died, and can be destroyed", "[faults]") {
  Fixture fixture;
  TestContainer container = warm(*fixture.factory, script(kEcho));
  REQUIRE(shell("docker rm -f " + infoOf(*container.container).id + " >/dev/null") == 0);
  CHECK(eventually([&] { return *container.deaths == 1; }));
  CHECK(container.container->destroy(seconds(10)).ok());
}

TEST_CASE("what somebody else paused or resumed does not upset us", "[faults]") {
  Fixture fixture;
  TestContainer container = warm(*fixture.factory, script(kEcho));
  const std::string id = infoOf(*container.container).id;
  REQUIRE(shell("docker pause " + id + " >/dev/null") == 0);
  CHECK(container.container->pause(seconds(10)).ok());
  REQUIRE(shell("docker unpause " + id + " >/dev/null") == 0);
  CHECK(container.container->resume(seconds(10)).ok());
  CHECK(container.run("{\"a\":1}").result == "{\"a\":1}");
}

TEST_CASE("a bridge that is gone is the engine's fault, not the action's", "[faults]") {
  Fixture fixture;
  const std::string bridge =
      "br-" + outputOf("docker network inspect -f '{{.Id}}' owpool-test").substr(0, 12);
  REQUIRE(shell("ip link delete " + bridge) == 0);
  const auto container = create(*fixture.factory, script(kEcho));
  CHECK(container.status().code() == absl::StatusCode::kUnavailable);
  CHECK(contains(container.status(), "bridge"));
  CHECK(ourContainers().empty());
}

TEST_CASE("a full disk is said to be one, and leaves nothing behind", "[faults]") {
  Fixture fixture;
  nodeImage();
  const std::string directory = std::getenv("OWPOOL_ENGINE_DIRECTORY");
  const auto resize = [&](const std::string& size) {
    REQUIRE(shell("mount -o remount,size=" + size + " " + directory) == 0);
  };
  resize("$(($(df --output=used -k " + directory + " | tail -1) + 4))k");
  const auto container = create(*fixture.factory, script(kEcho));
  CHECK_FALSE(container.ok());
  INFO(container.status().ToString());
  CHECK(container.status().code() != absl::StatusCode::kInvalidArgument);
  resize("2g");
  CHECK(eventually([] { return ourContainers().empty(); }));
  CHECK(warm(*fixture.factory, script(kEcho)).run("{\"a\":1}").result == "{\"a\":1}");
}

}  // namespace
}  // namespace owpool::docker_test
