// The factory against an engine that fails it: nothing is left behind, deaths are noticed,
// others' containers stay.
#include <catch2/catch.hpp>
#include <chrono>
#include <functional>
#include <string>
#include <thread>

#include <fmt/format.h>

#include "owpool/docker.h"
#include "tests/containers/test_container.h"
#include "tests/docker/fake_engine.h"

namespace owpool::docker_test {
namespace {

using container_test::create;
using container_test::eventually;
using container_test::TestAction;
using container_test::TestContainer;
using std::chrono::milliseconds;
using std::chrono::seconds;

const docker::Labels kOurs = {{"org.owpool.instance", "ours"}};
const docker::Labels kTheirs = {{"org.owpool.instance", "theirs"}};

DockerFactoryConfig configFor(const FakeEngine& fake) {
  DockerFactoryConfig config;
  config.engine = fake.host();
  config.instance = "ours";
  config.timeouts.create = config.timeouts.start = config.timeouts.inspect = milliseconds(500);
  config.timeouts.remove = config.timeouts.pause = milliseconds(500);
  return config;
}

struct Fixture {
  Fixture() : Fixture([](DockerFactoryConfig&) {}) {}
  explicit Fixture(const std::function<void(DockerFactoryConfig&)>& configure) {
    DockerFactoryConfig config = configFor(fake);
    configure(config);
    auto made = newDockerContainerFactory(std::move(config));
    INFO(made.status().ToString());
    REQUIRE(made.ok());
    factory = *std::move(made);
    REQUIRE(eventually([&] { return fake.eventStreams() == 1; }));
  }

  absl::StatusOr<TestContainer> start(const std::string& name = "", const char* image = "i") {
    TestAction action;
    action.image = image;
    return create(*factory, action, name);
  }

  FakeEngine fake;
  std::unique_ptr<ContainerFactory> factory;
};

bool contains(const absl::Status& status, const std::string& part) {
  return std::string(status.message()).find(part) != std::string::npos;
}

TEST_CASE("a configuration that breaks a rule is refused, and its field named") {
  FakeEngine fake;
  struct Row {
    std::string field;
    std::function<void(DockerFactoryConfig&)> breaks;
  };
  const std::vector<Row> rows = {
      {"instance", [](auto& c) { c.instance = ""; }},
      {"instance", [](auto& c) { c.instance = "a b"; }},
      {"instance", [](auto& c) { c.instance = std::string(64, 'a'); }},
      {"name_prefix", [](auto& c) { c.name_prefix = "-a"; }},
      {"network", [](auto& c) { c.network = "a/b"; }},
      {"user_memory", [](auto& c) { c.user_memory = ByteSize(); }},
      {"creates_in_flight_max", [](auto& c) { c.creates_in_flight_max = -1; }},
      {"port", [](auto& c) { c.port = 65536; }},
      {"environment", [](auto& c) { c.environment["A=B"] = "c"; }},
      {"limits.pids_max", [](auto& c) { c.limits.pids_max = 0; }},
      {"limits.dropped_capabilities", [](auto& c) { c.limits.dropped_capabilities = {"a\""}; }},
      {"limits.log_file_max", [](auto& c) { c.limits.log_file_max = ByteSize(); }},
      {"tcp://x:1", [](auto& c) { c.engine = "tcp://x:1"; }},
  };
  for (const Row& row : rows) {
    INFO(row.field);
    DockerFactoryConfig config = configFor(fake);
    row.breaks(config);
    const auto status = newDockerContainerFactory(std::move(config)).status();
    CHECK(status.code() == absl::StatusCode::kInvalidArgument);
    CHECK(contains(status, row.field));
  }
  CHECK(fake.requests().empty());
}

TEST_CASE("an engine that is away, or too new, is said at the start") {
  DockerFactoryConfig config;
  config.instance = "ours";
  config.engine = "unix:///tmp/owpool-no-such-socket";
  CHECK(contains(newDockerContainerFactory(config).status(), "cannot be reached"));
  FakeEngine fake;
  fake.newest_version = "1.99";
  fake.oldest_version = "1.60";
  CHECK(contains(newDockerContainerFactory(configFor(fake)).status(), "1.60"));
}

TEST_CASE("the network is made and removed, unless it is another's") {
  SECTION("its own") {
    Fixture fixture;
    CHECK(fixture.fake.networks() == std::vector<std::string>{"owpool-ours"});
    const std::string body = fixture.fake.lastBody("POST /networks/create");
    CHECK(body.find("\"com.docker.network.bridge.enable_icc\":\"false\"") != std::string::npos);
    fixture.factory.reset();
    CHECK(fixture.fake.networks().empty());
  }
  SECTION("one that an earlier run left") {
    FakeEngine fake;
    fake.addNetwork("owpool-ours", kOurs);
    CHECK(newDockerContainerFactory(configFor(fake)).ok());
    CHECK(fake.networks().empty());
  }
  SECTION("another's of the same name") {
    FakeEngine fake;
    fake.addNetwork("owpool-ours", kTheirs);
    CHECK(contains(newDockerContainerFactory(configFor(fake)).status(), "not ours"));
    CHECK(fake.networks().size() == 1);
  }
  SECTION("one that was given") {
    FakeEngine fake;
    DockerFactoryConfig config = configFor(fake);
    config.network = "given";
    CHECK(contains(newDockerContainerFactory(config).status(), "there is no network \"given\""));
    fake.addNetwork("given", {});
    CHECK(newDockerContainerFactory(config).ok());
    CHECK(fake.networks().size() == 1);
  }
}

TEST_CASE("what an earlier run left is removed at the start, and nothing of anybody else") {
  FakeEngine fake;
  for (const char* status : {"running", "paused", "exited", "created", "dead"}) {
    fake.add(std::string("owpool_") + status, kOurs, status);
  }
  fake.add("owpool_theirs", kTheirs);
  fake.add("owpool_nobodys", {});
  const auto factory = newDockerContainerFactory(configFor(fake));
  REQUIRE(factory.ok());
  CHECK(fake.containers().size() == 2);
}

TEST_CASE("a container is created with its labels and limits, and removed at its end") {
  Fixture fixture([](DockerFactoryConfig& config) { config.environment["__OW_API_HOST"] = "h"; });
  auto container = fixture.start("wsk0_1");
  REQUIRE(container.ok());
  CHECK(container->container->address() == "127.0.0.1:8080");
  REQUIRE(fixture.fake.containers().size() == 1);
  const FakeContainer made = fixture.fake.containers().front();
  CHECK(made.name == "owpool_wsk0_1");
  CHECK(made.status == "running");
  CHECK(made.labels.at("org.owpool.instance") == "ours");
  CHECK(made.labels.at("org.owpool.kind") == "test:1");
  CHECK(made.labels.at("org.owpool.action") == "guest:guest/test");
  const std::string body = fixture.fake.lastBody("POST /containers/create");
  CHECK(body.find("\"NetworkMode\":\"owpool-ours\"") != std::string::npos);
  CHECK(body.find("\"__OW_API_HOST=h\"") != std::string::npos);
  CHECK(body.find("\"CpuShares\":128,") != std::string::npos);
  CHECK(container->container->destroy(seconds(5)).ok());
  CHECK(fixture.fake.containers().empty());
}

TEST_CASE("a start that fails leaves nothing behind, and says whose fault it is") {
  using enum absl::StatusCode;
  const std::string bad_command =
      R"({"message":"OCI runtime create failed: exec: \"x\": executable file not found"})";
  const std::string no_bridge = R"({"message":"could not find bridge docker0"})";
  struct Row {
    std::string request;
    FakeEngine::Reaction reaction;
    absl::StatusCode code;
    std::string part;
  };
  Fixture fixture;
  FakeEngine& fake = fixture.fake;
  const std::string create = "POST /containers/create";
  const std::string start = "POST /containers/0";
  const std::string inspect = "GET /containers/000000";
  const std::vector<Row> rows = {
      {create, FakeEngine::status(400, R"({"message":"Minimum memory limit allowed is 6MB"})"),
       kInvalidArgument, "6MB"},
      {create, FakeEngine::status(500, R"({"message":"no space left on device"})"),
       kResourceExhausted, "no space left"},
      {create, FakeEngine::status(500, ""), kUnavailable, "500"},
      {create, FakeEngine::garbage(), kUnavailable, "create a container"},
      {create, fake.doneBut(FakeEngine::close()), kUnavailable, "broke off"},
      {create, fake.doneBut(FakeEngine::hang()), kDeadlineExceeded, "500 ms"},
      {create, fake.doneBut(FakeEngine::half()), kUnavailable, "broke off"},
      {start, FakeEngine::status(400, bad_command), kInvalidArgument, "executable file not found"},
      {start, FakeEngine::status(500, no_bridge), kUnavailable, "docker0"},
      {start, fake.doneBut(FakeEngine::hang()), kDeadlineExceeded, "start a container"},
      {start, fake.doneBut(FakeEngine::close()), kUnavailable, "broke off"},
      {inspect, FakeEngine::status(200, "{}"), kUnavailable, "no container"},
      {inspect, FakeEngine::hang(), kDeadlineExceeded, "state of a container"},
  };
  for (const Row& row : rows) {
    INFO(row.request << " " << row.part);
    fake.react(row.request, row.reaction);
    const auto container = fixture.start();
    CHECK(container.status().code() == row.code);
    CHECK(contains(container.status(), row.part));
    CHECK(fake.containers().empty());
  }
  CHECK(fixture.start().ok());
}

TEST_CASE("what cannot be removed when it should be is removed at the next look") {
  Fixture fixture;
  fixture.fake.react("POST /containers/0", FakeEngine::status(500, ""));
  fixture.fake.react("DELETE /containers/0", FakeEngine::status(500, ""));
  CHECK_FALSE(fixture.start().ok());
  CHECK(fixture.fake.containers().size() == 1);
  fixture.fake.cutEvents();
  CHECK(eventually([&] { return fixture.fake.containers().empty(); }));
}

TEST_CASE("a missing image is the action's fault, unless it can be pulled") {
  SECTION("pulling is off") {
    Fixture fixture;
    const auto container = fixture.start("", "missing:1");
    CHECK(container.status().code() == absl::StatusCode::kInvalidArgument);
    CHECK(contains(container.status(), "\"missing:1\""));
    CHECK(fixture.fake.count("POST /images") == 0);
  }
  SECTION("it cannot be pulled") {
    Fixture fixture([](DockerFactoryConfig& config) { config.pull = DockerPull::IfMissing; });
    fixture.fake.react("POST /images/create",
                       FakeEngine::status(404, R"({"message":"pull access denied"})"));
    const auto container = fixture.start("", "missing:1");
    CHECK(container.status().code() == absl::StatusCode::kInvalidArgument);
    CHECK(contains(container.status(), "pull access denied"));
  }
  SECTION("the registry cannot be reached") {
    Fixture fixture([](DockerFactoryConfig& config) { config.pull = DockerPull::IfMissing; });
    fixture.fake.react("POST /images/create",
                       FakeEngine::status(500, R"({"message":"no such host"})"));
    const auto container = fixture.start("", "missing:1");
    CHECK(container.status().code() == absl::StatusCode::kUnavailable);
  }
  SECTION("it is pulled") {
    Fixture fixture([](DockerFactoryConfig& config) { config.pull = DockerPull::IfMissing; });
    fixture.fake.react("POST /containers/create",
                       FakeEngine::status(404, R"({"message":"No such image: here:1"})"));
    CHECK(fixture.start("", "here:1").ok());
    CHECK(fixture.fake.count("POST /images/create?fromImage=here%3A1") == 1);
  }
}

TEST_CASE("a name that is taken is made free if a leftover of ours has it") {
  Fixture fixture;
  SECTION("of ours") {
    fixture.fake.add("owpool_n", kOurs, "exited");
    auto container = fixture.start("n");
    REQUIRE(container.ok());
    CHECK(fixture.fake.containers().size() == 1);
  }
  SECTION("of somebody else") {
    fixture.fake.add("owpool_n", kTheirs);
    auto container = fixture.start("n");
    REQUIRE(container.ok());
    CHECK(fixture.fake.containers().size() == 2);
  }
  SECTION("of ours that lives") {
    auto first = fixture.start("n");
    auto second = fixture.start("n");
    REQUIRE(first.ok());
    REQUIRE(second.ok());
    CHECK(fixture.fake.containers().size() == 2);
    CHECK(*first->deaths == 0);
  }
}

TEST_CASE("a death is told once, whether the engine tells it or it shows later") {
  Fixture fixture;
  auto container = fixture.start();
  auto other = fixture.start();
  REQUIRE(container.ok());
  REQUIRE(other.ok());
  const std::string id = fixture.fake.containers().front().id;
  SECTION("by an event") { fixture.fake.die(id); }
  SECTION("twice") {
    fixture.fake.die(id);
    fixture.fake.die(id);
  }
  SECTION("while the stream was cut") {
    fixture.fake.dieSilently(id);
    fixture.fake.cutEvents();
  }
  SECTION("removed while the stream was cut") {
    fixture.fake.forget(id);
    fixture.fake.cutEvents();
  }
  SECTION("started again by somebody while the stream was cut") {
    fixture.fake.change(id, [](FakeContainer& c) { c.started_at = "2027-01-01T00:00:00Z"; });
    fixture.fake.cutEvents();
  }
  SECTION("while the engine gave nonsense for an event") {
    fixture.fake.dieSilently(id);
    fixture.fake.emit("{\"Type\":\"container\",\"Action\":\"die\"}\n" + std::string(500000, 'x'));
  }
  CHECK(eventually([&] { return *container->deaths == 1; }));
  CHECK(container->container->destroy(seconds(5)).ok());
  std::this_thread::sleep_for(milliseconds(50));
  CHECK(*container->deaths == 1);
  CHECK(*other->deaths == 0);
}

TEST_CASE("what else happens to a container is no death, nor is a list that cannot be had") {
  Fixture fixture;
  auto container = fixture.start();
  REQUIRE(container.ok());
  const std::string id = fixture.fake.containers().front().id;
  for (const char* action : {"oom", "pause", "unpause", "kill", "cleanup", "exec_die: x"}) {
    fixture.fake.emit(fmt::format(
        "{{\"Type\":\"container\",\"Action\":\"{}\",\"Actor\":{{\"ID\":\"{}\"}}}}\n", action, id));
  }
  std::this_thread::sleep_for(milliseconds(50));
  CHECK(*container->deaths == 0);
  for (const auto& reaction :
       {FakeEngine::status(500, ""), FakeEngine::garbage(), FakeEngine::half(),
        FakeEngine::status(200, "{}"), FakeEngine::status(200, "[{\"Id\":\"x\"}]")}) {
    fixture.fake.react("GET /containers/json", reaction);
    const int before = fixture.fake.count("GET /containers/json");
    fixture.fake.cutEvents();
    REQUIRE(eventually([&] { return fixture.fake.count("GET /containers/json") > before; }));
    REQUIRE(eventually([&] { return fixture.fake.eventStreams() == 1; }));
  }
  CHECK(*container->deaths == 0);
}

TEST_CASE("no death is told of a container that is destroyed") {
  Fixture fixture;
  auto container = fixture.start();
  REQUIRE(container.ok());
  const std::string id = fixture.fake.containers().front().id;
  fixture.fake.react("DELETE /containers/0", FakeEngine::status(500, "{\"message\":\"busy\"}"));
  const absl::Status busy = container->container->destroy(seconds(5));
  CHECK(contains(busy, "busy"));
  fixture.fake.die(id);
  std::this_thread::sleep_for(milliseconds(50));
  CHECK(*container->deaths == 0);
  CHECK(container->container->destroy(seconds(5)).ok());
  CHECK(container->container->destroy(seconds(5)).ok());
}

TEST_CASE("destroying a container cuts a pause short that the engine does not answer") {
  Fixture fixture([](DockerFactoryConfig& config) { config.timeouts.pause = seconds(30); });
  auto container = fixture.start();
  REQUIRE(container.ok());
  fixture.fake.react("POST /containers/0", FakeEngine::hang());
  absl::Status paused;
  std::thread pausing([&] { paused = container->container->pause(seconds(30)); });
  REQUIRE(eventually([&] { return fixture.fake.count("POST /containers/0") == 2; }));
  const auto start = std::chrono::steady_clock::now();
  CHECK(container->container->destroy(seconds(5)).ok());
  pausing.join();
  CHECK(std::chrono::steady_clock::now() - start < seconds(5));
  CHECK_FALSE(paused.ok());
}

TEST_CASE("containers are created a few at a time, and who waits too long is told") {
  Fixture fixture([](DockerFactoryConfig& config) {
    config.creates_in_flight_max = 1;
    config.timeouts.create = seconds(10);
  });
  fixture.fake.react("POST /containers/create", FakeEngine::hang());
  std::thread first([&] {
    StartRequest request;
    request.name = "first";
    request.runtime = {"test:1", "i"};
    request.memory = ByteSize::mebibytes(128);
    request.timeout = seconds(1);
    (void)fixture.factory->create(std::move(request));
  });
  REQUIRE(eventually([&] { return fixture.fake.count("POST /containers/create") == 1; }));
  StartRequest request;
  request.name = "second";
  request.runtime = {"test:1", "i"};
  request.memory = ByteSize::mebibytes(128);
  request.timeout = milliseconds(100);
  const auto second = fixture.factory->create(std::move(request));
  CHECK(contains(second.status(), "turn"));
  CHECK(fixture.fake.count("POST /containers/create") == 1);
  first.join();
  CHECK(fixture.start().ok());
}

TEST_CASE("a network that somebody removed is made again") {
  Fixture fixture;
  fixture.fake.forgetNetworks();
  fixture.fake.react("POST /containers/0",
                     FakeEngine::status(404, R"({"message":"network owpool-ours not found"})"));
  CHECK(fixture.start().status().code() == absl::StatusCode::kUnavailable);
  CHECK(fixture.fake.networks().size() == 1);
  CHECK(fixture.start().ok());
}

}  // namespace
}  // namespace owpool::docker_test
