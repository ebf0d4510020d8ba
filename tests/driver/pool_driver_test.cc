// The driver on one thread: a clock that moves when told, an executor whose order
// the test chooses.
#include "owpool/pool_driver.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <map>

#include "owpool/testing/fake_container_factory.h"
#include "owpool/testing/manual_clock.h"
#include "owpool/testing/queue_executor.h"
#include "tests/core/builders.h"

namespace owpool {
namespace {

using testing::FakeContainerFactory;
using testing::ManualClock;
using testing::QueueExecutor;

ActionPtr actionWithCode(std::string code, std::string name = "hello") {
  ActionSpec spec;
  spec.name = std::move(name);
  Action action = *makeAction(std::move(spec));
  action.code.text = std::move(code);
  return std::make_shared<const Action>(std::move(action));
}

class FakeProber final : public HealthProber {
 public:
  ProbeResult probe(std::string_view address, Duration) override {
    probed.emplace_back(address);
    return result;
  }
  ProbeResult result = ProbeResult::Reachable;
  std::vector<std::string> probed;
};

class CountingFeed final : public ActivationFeed {
 public:
  void grantCredits(int count) override { credits += count; }
  int credits = 0;
};

class EventLog final : public PoolObserver {
 public:
  void onEvent(const Event&, TimePoint) override { ++events; }
  void onEffect(const Effect&, TimePoint) override { ++effects; }
  int events = 0;
  int effects = 0;
};

class Fixture {
 public:
  explicit Fixture(PoolConfig config = {})
      : driver(*Pool::create(std::move(config)),
               {factory, clock, executor, &prober, &log, &feed}) {}

  ~Fixture() {
    driver.beginShutDown(0s);
    executor.runAll();
    for (int i = 0; i < 20 && !driver.isShutDown(); ++i) {
      clock.advance(1min);
      driver.advance();
      executor.runAll();
    }
    CHECK(driver.isShutDown());
    CHECK(factory.living().empty());
  }

  void submit(std::uint64_t id, ActionPtr action, std::string parameters = "{}") {
    ActivationRequest request{{{0, id}, std::move(action)}, std::move(parameters), {}};
    driver.submit(
        std::move(request),
        [this, id](ActivationOutcome outcome) { outcomes.emplace(id, std::move(outcome)); },
        [this, id](ActivationLogs collected) {
          CHECK(outcomes.contains(id));
          logs.emplace(id, std::move(collected));
        });
  }

  FakeContainerFactory factory;
  ManualClock clock;
  QueueExecutor executor;
  FakeProber prober;
  EventLog log;
  CountingFeed feed;
  std::map<std::uint64_t, ActivationOutcome> outcomes;
  std::map<std::uint64_t, ActivationLogs> logs;
  PoolDriver driver;
};

TEST_CASE("an activation runs cold, the next one warm, and each is told how") {
  Fixture f;
  f.submit(1, actionWithCode("echo"), R"({"n":12345678901234567890})");
  f.clock.advance(5ms);
  f.executor.runAll();
  REQUIRE(f.outcomes.contains(1));
  const ActivationOutcome& first = f.outcomes.at(1);
  CHECK(first.response == ActivationResponse{ActivationStatus::Success,
                                             R"({"n":12345678901234567890})"});
  CHECK(first.start == StartKind::Cold);
  CHECK(first.wait == 5ms);
  CHECK(first.init.has_value());
  CHECK(first.run.has_value());

  f.submit(2, actionWithCode("echo"));
  f.executor.runAll();
  CHECK(f.outcomes.at(2).start == StartKind::Warmed);
  CHECK_FALSE(f.outcomes.at(2).init.has_value());
  CHECK(f.factory.calls() == std::vector<std::string>{"create 1_guest_hello", "init guest/hello",
                                                      "run guest/hello", "run guest/hello"});
}

TEST_CASE("log lines come after the outcome, and only the activation's own") {
  Fixture f;
  for (const std::uint64_t id : {1u, 2u}) {
    f.submit(id, actionWithCode("echo"));
    f.executor.runAll();
    REQUIRE(f.logs.contains(id));
    REQUIRE(f.logs.at(id).lines.size() == 2);
    CHECK(f.logs.at(id).lines[0].text == "out");
  }
}

TEST_CASE("who asked for no logs is answered without") {
  Fixture f;
  int outcome_count = 0;
  f.driver.submit({{{0, 1}, actionWithCode("echo")}, "{}", {}},
                  [&](ActivationOutcome) { ++outcome_count; });
  f.executor.runAll();
  CHECK(outcome_count == 1);
}

TEST_CASE("each way to fail has its answer") {
  PoolConfig config;
  config.user_memory = 256_MiB;
  Fixture f(config);
  SECTION("a code that does not take") {
    f.submit(1, actionWithCode("broken"));
    f.executor.runAll();
    CHECK(f.outcomes.at(1).response.status == ActivationStatus::DeveloperError);
    CHECK_FALSE(f.outcomes.at(1).run.has_value());
    CHECK(f.factory.living().empty());
  }
  SECTION("an application error, which keeps the container") {
    f.submit(1, actionWithCode("error"));
    f.executor.runAll();
    CHECK(f.outcomes.at(1).response.status == ActivationStatus::ApplicationError);
    CHECK(f.factory.living().size() == 1);
  }
  SECTION("an action that exits, which does not") {
    f.submit(1, actionWithCode("exits"));
    f.executor.runAll();
    CHECK(f.outcomes.at(1).response.status == ActivationStatus::DeveloperError);
    CHECK(f.logs.at(1).lines.size() == 2);
    CHECK(f.factory.living().empty());
  }
  SECTION("an image that does not exist is the developer's fault") {
    Action action = *actionWithCode("echo");
    action.runtime = {"custom", "missing"};
    f.submit(1, std::make_shared<const Action>(action));
    f.executor.runAll();
    CHECK(f.outcomes.at(1).response ==
          errorResponse(ActivationStatus::DeveloperError, "There is no image for custom."));
  }
  SECTION("a refusal says why") {
    Action action = *actionWithCode("echo");
    action.memory = 512_MiB;
    f.submit(1, std::make_shared<const Action>(action));
    CHECK(f.outcomes.empty());  // On the executor, not in submit().
    f.executor.runAll();
    CHECK(f.outcomes.at(1).refused == RefusalReason::LargerThanPool);
    CHECK(f.logs.at(1).lines.empty());
  }
}

TEST_CASE("a request that is not delivered reaches another container, and is answered once") {
  Fixture f;
  f.factory.refuseRuns(1);
  f.submit(1, actionWithCode("echo"));
  f.executor.runAll();
  CHECK(f.outcomes.at(1).response.status == ActivationStatus::Success);
  CHECK(f.factory.createdCount() == 2);
  CHECK(f.factory.living().size() == 1);
}

TEST_CASE("a removal that fails is tried again") {
  Fixture f;
  f.factory.failRemovals(1);
  f.submit(1, actionWithCode("exits"));
  f.executor.runAll();
  REQUIRE(f.driver.nextDeadline().has_value());
  CHECK(f.driver.stats().removing_count == 1);
  f.clock.advance(1s);
  f.driver.advance();
  f.executor.runAll();
  CHECK(f.driver.stats().removing_count == 0);
}

TEST_CASE("an idle container is paused, resumed for work, and at last removed") {
  Fixture f;
  f.submit(1, actionWithCode("echo"));
  f.executor.runAll();
  f.clock.advance(10s);
  f.driver.advance();
  f.executor.runAll();
  CHECK(f.factory.calls().back() == "pause");
  f.submit(2, actionWithCode("echo"));
  f.executor.runAll();
  CHECK(f.outcomes.at(2).start == StartKind::Warmed);
  f.clock.advance(10min);
  f.driver.advance();
  f.executor.runAll();
  CHECK(f.factory.calls().back() == "destroy");
}

TEST_CASE("a container that dies idle is forgotten before anything is sent to it") {
  Fixture f;
  f.submit(1, actionWithCode("echo"));
  f.executor.runAll();
  REQUIRE(f.factory.kill(f.factory.living().front()));
  f.submit(2, actionWithCode("echo"));
  f.executor.runAll();
  CHECK(f.outcomes.at(2).start == StartKind::Cold);
  CHECK(f.outcomes.at(2).response.status == ActivationStatus::Success);
}

TEST_CASE("stem cells are started with the driver, probed, and replaced when they fail") {
  PoolConfig config;
  config.prewarms = {{kNode, 256_MiB, 1}};
  config.prewarm_health.enabled = true;
  config.prewarm_health.failures_max = 1;
  Fixture f(config);
  f.executor.runAll();
  CHECK(f.factory.calls() == std::vector<std::string>{"create 1_prewarm_nodejs20"});
  f.prober.result = ProbeResult::Unreachable;
  f.clock.advance(3s);
  f.driver.advance();
  f.executor.runAll();
  CHECK(f.prober.probed == std::vector<std::string>{"fake:1"});
  CHECK(f.factory.living() == std::vector<std::string>{"fake:2"});
}

TEST_CASE("a start that outlives its time is removed when it is there at last") {
  Fixture f;
  f.submit(1, actionWithCode("echo"));
  f.clock.advance(1min);
  f.driver.advance();  // The start was not even begun.
  f.executor.runAll();
  CHECK(f.outcomes.at(1).response.status == ActivationStatus::WhiskError);
  CHECK(f.factory.createdCount() == 1);
  CHECK(f.factory.living().empty());
}

TEST_CASE("the feed gets its credits back and the observer sees everything") {
  PoolConfig config;
  config.feed_credits = 3;
  Fixture f(config);
  CHECK(f.feed.credits == 3);
  f.submit(1, actionWithCode("echo"));
  CHECK(f.feed.credits == 3);
  f.executor.runAll();
  CHECK(f.feed.credits == 4);
  CHECK(f.log.events == 5);  // Arrived, started, initialised, result known, completed.
  CHECK(f.log.effects >= 6);
}

// Runs the tasks up to the first one that would run an activation.
void stopBeforeRun(Fixture& f) {
  while (f.factory.calls().empty() || f.factory.calls().back() != "init guest/hello") {
    f.executor.runOne();
  }
}

int runCount(const Fixture& f) {
  const auto calls = f.factory.calls();
  return static_cast<int>(std::count(calls.begin(), calls.end(), "run guest/hello"));
}

TEST_CASE("an activation that was answered before its run was begun does not run any more") {
  Fixture f;
  f.submit(1, actionWithCode("echo"));
  stopBeforeRun(f);
  f.clock.advance(65s);
  f.driver.advance();
  f.executor.runAll();
  CHECK(f.outcomes.at(1).response.status == ActivationStatus::DeveloperError);
  CHECK(f.logs.contains(1));
  CHECK(runCount(f) == 0);
}

TEST_CASE("a run that was not begun when its container died goes to another one") {
  Fixture f;
  f.submit(1, actionWithCode("echo"));
  stopBeforeRun(f);
  f.factory.kill("fake:1");
  f.executor.runAll();
  CHECK(f.outcomes.at(1).response.status == ActivationStatus::Success);
  CHECK(f.outcomes.at(1).start == StartKind::Cold);
  CHECK(runCount(f) == 1);
}

TEST_CASE("outcomes are given on the executor, not on the thread that tells of a death") {
  Fixture f;
  f.submit(1, actionWithCode("echo"));
  stopBeforeRun(f);
  f.clock.advance(65s);
  f.factory.kill("fake:1");
  CHECK(f.outcomes.empty());
  f.executor.runAll();
  CHECK(f.outcomes.contains(1));
}

TEST_CASE("logs that nobody collected are not the next activation's") {
  Fixture f;
  f.driver.submit({{{0, 1}, actionWithCode("echo")}, "{}", {}}, [](ActivationOutcome) {});
  f.executor.runAll();
  f.submit(2, actionWithCode("echo"));
  f.executor.runAll();
  CHECK(f.logs.at(2).lines.size() == 2);
}

TEST_CASE("what a code says as it fails to take is in its activation's log") {
  Fixture f;
  f.submit(1, actionWithCode("broken"));
  f.executor.runAll();
  REQUIRE(f.logs.at(1).lines.size() == 1);
  CHECK(f.logs.at(1).lines[0].text == "broken");
}

TEST_CASE("an init that came to nothing is not told as the activation's") {
  Fixture f;
  f.submit(1, actionWithCode("echo"));
  f.factory.refuseRuns(1);
  f.clock.advance(1s);
  stopBeforeRun(f);
  f.submit(2, actionWithCode("echo"));  // Brings up a second container.
  f.clock.advance(1s);
  f.executor.runAll();
  for (const std::uint64_t id : {1u, 2u}) {
    CAPTURE(id);
    const ActivationOutcome& outcome = f.outcomes.at(id);
    CHECK(outcome.init.has_value() == (outcome.start == StartKind::Cold));
  }
}

TEST_CASE("a slow outcome callback does not cost the container") {
  Fixture f;
  f.driver.submit({{{0, 1}, actionWithCode("echo")}, "{}", {}},
                  [&f](ActivationOutcome) {
                    f.executor.runAll();  // Others go on meanwhile.
                    f.clock.advance(30s);
                    f.driver.advance();
                  },
                  [](ActivationLogs) {});
  f.executor.runAll();
  CHECK(f.factory.living().size() == 1);
}

TEST_CASE("a shutdown ends though a container cannot be removed") {
  Fixture f;
  f.submit(1, actionWithCode("echo"));
  f.executor.runAll();
  f.factory.failRemovals(5);
  f.driver.beginShutDown(0s);
  for (int i = 0; i < 5; ++i) {
    f.executor.runAll();
    f.clock.advance(1min);
    f.driver.advance();
  }
  f.executor.runAll();
  CHECK(f.driver.isShutDown());
  f.factory.kill("fake:1");
}

TEST_CASE("a shutdown with no time answers what runs, with an error") {
  Fixture f;
  f.submit(1, actionWithCode("echo"));
  f.driver.beginShutDown(0s);
  f.executor.runAll();
  CHECK(f.outcomes.at(1).response.status == ActivationStatus::WhiskError);
  CHECK(f.driver.isShutDown());
}

}  // namespace
}  // namespace owpool
