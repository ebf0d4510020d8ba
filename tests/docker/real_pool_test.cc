// A pool on a real engine: the ways in which an activation gets its container.
#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <future>
#include <thread>

#include "owpool/pool_driver.h"
#include "tests/docker/docker_fixture.h"

namespace owpool::docker_test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

ActionPtr action(const std::string& name, const std::string& code,
                 ByteSize memory = ByteSize::mebibytes(128)) {
  auto result = std::make_shared<Action>();
  result->key = ActionKey("guest", "guest/" + name, "1");
  result->runtime = {"nodejs:20", nodeImage()};
  result->memory = memory;
  result->time_limit = seconds(30);
  result->code.text = code;
  return result;
}

const char* const kEcho = "function main(args) { console.log('ran'); return args; }";

class PoolOnDocker {
 public:
  PoolOnDocker(PoolConfig config, DockerFactoryConfig docker)
      : fixture_(std::move(docker)),
        executor_(newThreadPoolExecutor(32)),
        driver_(std::make_unique<PoolDriver>(
            *Pool::create(std::move(config)),
            PoolDriver::Deps{*fixture_.factory, systemMonotonicClock(), *executor_})),
        deadlines_([this] { driver_->serveDeadlines(); }) {}

  ~PoolOnDocker() {
    driver_->shutDown(seconds(10));
    deadlines_.join();
    driver_.reset();
    executor_.reset();
    CHECK(ourContainers().empty());
  }

  std::future<ActivationOutcome> submit(const ActionPtr& what) {
    auto promise = std::make_shared<std::promise<ActivationOutcome>>();
    auto future = promise->get_future();
    driver_->submit({Activation{ActivationId{1, next_id_++}, what}, "{\"a\":1}", {}},
                    [promise](ActivationOutcome outcome) { promise->set_value(outcome); },
                    [this](ActivationLogs logs) { lines_ += static_cast<int>(logs.lines.size()); });
    return future;
  }

  ActivationOutcome run(const ActionPtr& what) {
    ActivationOutcome outcome = submit(what).get();
    INFO(outcome.response.result);
    CHECK(outcome.response.status == ActivationStatus::Success);
    // Its container is taken until its log has been read.
    CHECK(eventually([&] { return !has("running"); }));
    return outcome;
  }

  // True if one of its containers is in that state, or that phase of being warm.
  bool has(const std::string& state) const {
    const ContainerTable table = driver_->containers();
    return std::any_of(table.begin(), table.end(), [&](const ContainerData& container) {
      const auto* warmed = std::get_if<Warmed>(&container.state);
      return (warmed != nullptr ? warmPhaseName(warmed->phase) : stateName(container.state)) ==
             state;
    });
  }

  int lines() const { return lines_; }

 private:
  Fixture fixture_;
  std::unique_ptr<Executor> executor_;
  std::unique_ptr<PoolDriver> driver_;
  std::thread deadlines_;
  std::atomic<std::uint64_t> next_id_{1};
  std::atomic<int> lines_{0};
};

PoolConfig poolOf(std::int64_t mebibytes) {
  PoolConfig config;
  config.user_memory = ByteSize::mebibytes(mebibytes);
  return config;
}

TEST_CASE("activations run cold, warm, in a stem cell, and in place of another's container",
          "[pool]") {
  PoolConfig config = poolOf(256);
  config.prewarms = {{{"nodejs:20", nodeImage()}, ByteSize::mebibytes(128), 1}};
  PoolOnDocker pool(config, testConfig());
  REQUIRE(eventually([&] { return pool.has("prewarmed"); }, seconds(20)));
  const ActionPtr a = action("a", kEcho);
  CHECK(pool.run(a).start == StartKind::Prewarmed);
  CHECK(pool.run(a).start == StartKind::Warmed);
  // Its memory matches no stem cell.
  CHECK(pool.run(action("b", kEcho, ByteSize::mebibytes(96))).start == StartKind::Cold);
  // There is room for neither beside the two: the older one goes.
  CHECK(pool.run(action("c", kEcho, ByteSize::mebibytes(160))).start == StartKind::Recreated);
  CHECK(eventually([&] { return pool.lines() == 4; }));
}

TEST_CASE("an idle container is paused, and resumed for the next activation", "[pool]") {
  PoolConfig config = poolOf(256);
  config.pause_grace = milliseconds(50);
  DockerFactoryConfig docker = testConfig();
  docker.pause = GENERATE(DockerPause::Engine, DockerPause::Freezer);
  const bool by_engine = docker.pause == DockerPause::Engine;
  PoolOnDocker pool(config, docker);
  const ActionPtr echo = action("a", kEcho);
  pool.run(echo);
  REQUIRE(eventually([&] { return pool.has("paused"); }));
  CHECK(ourContainers().front().status == (by_engine ? "paused" : "running"));
  CHECK(pool.run(echo).start == StartKind::Warmed);
}

TEST_CASE("a container that is killed while idle or paused costs its caller nothing", "[pool]") {
  PoolConfig config = poolOf(256);
  config.pause_grace = milliseconds(50);
  PoolOnDocker pool(config, testConfig());
  const ActionPtr echo = action("a", kEcho);
  for (int round = 0; round < 2; ++round) {
    pool.run(echo);
    if (round == 1) {
      REQUIRE(eventually([] { return ourContainers().front().status == "paused"; }));
    }
    REQUIRE(engine().kill(ourContainers().front().id).ok());
    CHECK(pool.run(echo).response.result == "{\"a\":1}");
    REQUIRE(eventually([] { return ourContainers().size() == 1; }));
  }
}

TEST_CASE("many activations at once are all answered, a few containers started at a time",
          "[pool]") {
  PoolOnDocker pool(poolOf(512), testConfig());
  std::vector<std::future<ActivationOutcome>> outcomes;
  for (int i = 0; i < 12; ++i) {
    outcomes.push_back(pool.submit(action("a" + std::to_string(i % 3), kEcho)));
  }
  for (auto& outcome : outcomes) CHECK(outcome.get().response.result == "{\"a\":1}");
}

}  // namespace
}  // namespace owpool::docker_test
