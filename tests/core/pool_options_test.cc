// Each option of PoolConfig that changes a decision, one case an effect. What the
// defaults do is in the other files.
#include <catch2/catch.hpp>

#include "tests/core/pool_under_test.h"

namespace owpool {
namespace {

PoolConfig sharedPrewarms(ByteSize user_memory, int count) {
  PoolConfig config = configOf(user_memory);
  config.memory_accounting.prewarms = PrewarmAccounting::Shared;
  config.prewarms = {{kPython, 256_MiB, count}};
  return config;
}

TEST_CASE("memory that is released when the removal starts is given out at once") {
  PoolConfig config = configOf(256_MiB);
  config.memory_accounting.release = MemoryRelease::WhenRemovalStarts;
  PoolUnderTest pool(config);
  pool.makeIdle(1, 1, named("a"));
  CHECK(pool.arrive(2, named("b")) == Lines{"Remove #1 evicted", "Placed a2 #2 recreated",
                                            "Start #2 for guest/b"});
}

TEST_CASE("stem cells that share user memory start only where there is room") {
  PoolUnderTest pool(sharedPrewarms(512_MiB, 3));
  CHECK(pool.started_with == Lines{"Start #1 stem cell", "Start #2 stem cell"});
}

TEST_CASE("one that shares user memory is taken though nothing more would fit") {
  PoolUnderTest pool(sharedPrewarms(256_MiB, 1));
  pool.started(1);
  ActionSpec python;
  python.runtime = kPython;
  CHECK(pool.arrive(1, makeAction(python)) == Lines{"Placed a1 #1 prewarmed", "Init #1 a1"});
}

TEST_CASE("demand evicts shared stem cells that do not match, and they come back when it is over") {
  PoolConfig config = sharedPrewarms(256_MiB, 1);
  config.pause_grace = std::nullopt;
  PoolUnderTest pool(config);
  pool.started(1);
  CHECK(pool.arrive(1, named("a")) == Lines{"Remove #1 evicted", "Waits a1"});
  CHECK(pool.removed(1) == Lines{"Placed a1 #2 recreated", "Start #2 for guest/a"});
  pool.started(2);
  pool.initialized(2);
  pool.completed(2, 1);
  CHECK(pool.after(10min) == Lines{"Remove #2 idleTimeout"});
  CHECK(pool.removed(2) == Lines{"Start #3 stem cell"});
}

TEST_CASE("idle containers are evicted before shared stem cells") {
  PoolUnderTest pool(sharedPrewarms(512_MiB, 1));
  pool.started(1);
  pool.makeIdle(2, 1, named("a"));
  CHECK(pool.arrive(2, named("b")).front() == "Remove #2 evicted");
  CHECK(pool.stateOf(1) == "prewarmed");
}

PoolConfig withBypass() {
  PoolConfig config = configOf(512_MiB);
  config.queue_discipline = QueueDiscipline::WarmBypass;
  config.bypass_age_max = 5s;
  return config;
}

TEST_CASE("with warm bypass an activation takes a free slot before a head that waits for memory") {
  PoolUnderTest pool(withBypass());
  pool.runCold(1, 1, named("busy"));
  pool.runCold(2, 2, named("two", 256_MiB, 2));
  CHECK(pool.arrive(3, named("big", 512_MiB)) == Lines{"Waits a3"});
  SECTION("as it arrives") {
    CHECK(pool.arrive(4, named("two", 256_MiB, 2)) == Lines{"Placed a4 #2 warmed", "Run #2 a4"});
    CHECK(pool.stats().bypassed_total == 1);
  }
  SECTION("as the slot becomes free") {
    CHECK(pool.arrive(4, named("busy")) == Lines{});
    CHECK(pool.completed(1, 1) == Lines{"Answer a1", "Placed a4 #1 warmed", "Run #1 a4"});
  }
  SECTION("but not once the head is old") {
    pool.now += 5s;
    CHECK(pool.arrive(4, named("two", 256_MiB, 2)) == Lines{});
    CHECK(pool.completed(1, 1) == Lines{"Answer a1"});
    SECTION("and again when another head is young") {
      pool.now += 1s;
      CHECK(pool.arrive(5, named("other", 512_MiB)) == Lines{});
      // a3 gets its memory; then a5 is the head, and a4 is served behind it.
      CHECK(pool.completed(2, 2) ==
            Lines{"Answer a2", "Remove #1 evicted", "Remove #2 evicted"});
    }
  }
}

TEST_CASE("with warm bypass one that is put back takes a slot that was free all along") {
  PoolUnderTest pool(withBypass());
  const ActionPtr two = named("two", 256_MiB, 2);
  pool.runCold(1, 1, two);
  pool.arrive(2, two);
  pool.arrive(3, two);  // The second container is filled by the third activation alone.
  pool.started(2);
  pool.initialized(2);
  CHECK(pool.arrive(4, named("big", 512_MiB)) == Lines{"Waits a4"});
  pool.completed(1, 1);
  CHECK(pool.notDelivered(2, 3) ==
        Lines{"Remove #2 unreachable", "Placed a3 #1 warmed", "Run #1 a3"});
}

TEST_CASE("who might not overtake an old head does so as soon as a young one is in its place") {
  PoolConfig config = withBypass();
  config.user_memory = 1024_MiB;
  PoolUnderTest pool(config);
  pool.runCold(1, 1, named("first", 512_MiB));
  pool.runCold(2, 2, named("second"));
  pool.runCold(3, 3, named("third"));
  pool.arrive(4, named("big", 512_MiB));
  pool.now += 5s;
  pool.arrive(5, named("also big", 512_MiB));
  pool.arrive(6, named("third"));
  CHECK(pool.completed(3, 3) == Lines{"Answer a3"});  // a4 is too old to be overtaken by a6.
  pool.completed(1, 1, ContainerFate::Broken);
  const Lines lines = pool.removed(1);
  CHECK(lines[0] == "Placed a4 #4 cold");
  CHECK(lines.back() == "Run #3 a6");
}

TEST_CASE("blocking activations go before non-blocking ones, until these have waited long enough") {
  PoolConfig config = configOf(256_MiB);
  config.blocking_priority = BlockingPriority::BlockingFirst;
  config.nonblocking_age_max = 10s;
  PoolUnderTest pool(config);
  const ActionPtr hello = named("hello");
  const auto arriveNonBlocking = [&](std::uint64_t id) {
    return pool.handle(
        event::ActivationArrived{{{0, id}, hello, InvocationMode::NonBlocking}});
  };
  pool.runCold(1, 1, hello);
  arriveNonBlocking(2);
  pool.arrive(3, hello);
  SECTION("young") {
    CHECK(pool.completed(1, 1)[1] == "Placed a3 #1 warmed");
    CHECK(pool.completed(1, 3)[1] == "Placed a2 #1 warmed");
  }
  SECTION("aged: its arrival counts") {
    REQUIRE(pool.pool().nextDeadline() == pool.now + 10s);
    pool.now += 10s;
    CHECK(pool.completed(1, 1)[1] == "Placed a2 #1 warmed");
  }
  SECTION("aged, but behind one that came before it") {
    pool.now += 1s;
    arriveNonBlocking(4);
    pool.now += 20s;
    CHECK(pool.completed(1, 1)[1] == "Placed a2 #1 warmed");
    CHECK(pool.completed(1, 2)[1] == "Placed a3 #1 warmed");
  }
}

PoolConfig withReactive(ReactivePrewarm reactive, int count) {
  PoolConfig config = configOf(4096_MiB);
  config.prewarms = {{kNode, 256_MiB, count, reactive}};
  config.prewarm_check_delay = 10min;
  config.prewarm_check_interval = 1min;
  return config;
}

TEST_CASE("how many reactive stem cells are wanted follows the cold starts, within its bounds") {
  struct Row {
    int cold_starts;
    int expected;
  };
  const auto row = GENERATE(values<Row>({{0, 1}, {1, 1}, {2, 2}, {3, 2}, {4, 4}, {7, 6}, {99, 8}}));
  CAPTURE(row.cold_starts);
  ReactivePrewarm reactive;
  reactive.count_min = 1;
  reactive.count_max = 8;
  reactive.threshold = 2;
  reactive.increment = 2;
  CHECK(reactiveCount(reactive, row.cold_starts) == row.expected);
}

TEST_CASE("a check starts reactive stem cells for the cold starts that it saw, and then fewer") {
  ReactivePrewarm reactive;
  reactive.count_max = 4;
  PoolConfig config = withReactive(reactive, 0);
  config.pause_grace = std::nullopt;
  config.idle_timeout = 24h;
  PoolUnderTest pool(config);
  for (std::uint64_t id = 1; id <= 3; ++id) pool.makeIdle(id, id, named("a" + std::to_string(id)));
  CHECK(pool.after(10min) == Lines{"Checked nodejs:20 cold=3 expired=0 wanted=3",
                                   "Start #4 stem cell", "Start #5 stem cell",
                                   "Start #6 stem cell"});
  for (std::uint64_t id = 4; id <= 6; ++id) pool.started(id);
  // Nobody takes them: after two minutes they have expired.
  CHECK(pool.after(1min) == Lines{"Checked nodejs:20 cold=0 expired=0 wanted=0"});
  CHECK(pool.after(1min) == Lines{"Remove #4 expired", "Remove #5 expired", "Remove #6 expired",
                                  "Checked nodejs:20 cold=0 expired=3 wanted=0"});
}

TEST_CASE("no more stem cells expire in one check than may") {
  ReactivePrewarm reactive;
  PoolConfig config = withReactive(reactive, 3);
  config.prewarm_expiration_limit = 2;
  PoolUnderTest pool(config);
  for (std::uint64_t id = 1; id <= 3; ++id) pool.started(id);
  CHECK(pool.after(10min) == Lines{"Remove #1 expired", "Remove #2 expired",
                                   "Checked nodejs:20 cold=0 expired=2 wanted=0"});
  CHECK(pool.stateOf(3) == "prewarmed");
}

TEST_CASE("a reactive stem cell that is taken is replaced, a lost one only up to the minimum") {
  ReactivePrewarm reactive;
  reactive.count_min = 1;
  reactive.count_max = 2;
  PoolUnderTest pool(withReactive(reactive, 2));
  pool.started(1);
  pool.started(2);
  CHECK(pool.arrive(1, named("a")).back() == "Start #3 stem cell");
  pool.started(3);
  pool.now += 1s;
  CHECK(pool.died(2) == Lines{"Remove #2 died"});
  CHECK(pool.died(3) == Lines{"Remove #3 died", "Start #4 stem cell"});
}

TEST_CASE("a placement says why it was not warm, what it waited for, and what went for it") {
  Pool pool = *Pool::create(configOf(256_MiB));
  (void)pool.start(at(0s));
  const auto placed = [](const Effects& effects) {
    for (const Effect& effect : effects) {
      if (const auto* found = std::get_if<effect::ActivationPlaced>(&effect)) return *found;
    }
    FAIL("nothing was placed");
    return effect::ActivationPlaced{};
  };
  const auto first = placed(pool.handle(event::ActivationArrived{{{0, 1}, named("a")}}, at(0s)));
  CHECK(first.warm_miss == WarmMiss::Unknown);
  CHECK_FALSE(first.waited_for.has_value());
  (void)pool.handle(event::ContainerStarted{{1}, ""}, at(1s));
  (void)pool.handle(event::InitSucceeded{{1}}, at(1s));
  const Effects waits = pool.handle(event::ActivationArrived{{{0, 2}, named("b")}}, at(2s));
  CHECK(std::get<effect::ActivationWaits>(waits.front()).reason == WaitReason::Memory);
  (void)pool.handle(event::RunCompleted{{1}, {0, 1}, ContainerFate::Reusable}, at(3s));
  const auto second = placed(pool.handle(event::ContainerRemoved{{1}}, at(5s)));
  CHECK(second.kind == StartKind::Recreated);
  CHECK(second.waited == 3s);
  CHECK(second.waited_for == WaitReason::Removal);
  CHECK(second.evicted == std::vector<ContainerId>{{1}});
}

}  // namespace
}  // namespace owpool
