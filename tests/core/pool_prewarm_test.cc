#include <catch2/catch.hpp>

#include "tests/core/pool_under_test.h"

namespace owpool {
namespace {

PoolConfig withPrewarms(int count) {
  PoolConfig config = configOf(512_MiB);
  config.prewarms = {{kNode, 256_MiB, count}};
  return config;
}

TEST_CASE("stem cells are started with the pool") {
  PoolUnderTest pool(withPrewarms(2));
  CHECK(pool.started_with == Lines{"Start #1 stem cell", "Start #2 stem cell"});
  CHECK(pool.started(1) == Lines{});
  CHECK(pool.stateOf(1) == "prewarmed");
}

TEST_CASE("a stem cell of the kind and memory is taken, and replaced at once") {
  PoolUnderTest pool(withPrewarms(1));
  pool.started(1);
  CHECK(pool.arrive(1, named("hello")) ==
        Lines{"Placed a1 #1 prewarmed", "Init #1 a1", "Start #2 stem cell"});
  CHECK(pool.initialized(1) == Lines{"Run #1 a1"});
}

TEST_CASE("one that is still starting, or of another memory, is not taken") {
  PoolUnderTest pool(withPrewarms(1));
  CHECK(pool.arrive(1, named("hello")).front() == "Placed a1 #2 cold");
  pool.started(1);
  CHECK(pool.arrive(2, named("small", 128_MiB)).front() == "Placed a2 #3 cold");
}

TEST_CASE("a stem cell taken counts against user memory, so it is taken only where it fits") {
  PoolConfig config = withPrewarms(1);
  config.user_memory = 256_MiB;
  PoolUnderTest pool(config);
  pool.started(1);
  pool.arrive(1, named("hello"));
  pool.started(2);
  CHECK(pool.arrive(2, named("other")) == Lines{"Waits a2"});
}

TEST_CASE("after an eviction the start is a recreated prewarm") {
  PoolConfig config = withPrewarms(1);
  config.user_memory = 256_MiB;
  PoolUnderTest pool(config);
  pool.started(1);
  pool.arrive(1, named("hello"));
  pool.started(2);
  pool.initialized(1);
  pool.completed(1, 1);
  CHECK(pool.arrive(2, named("other")) == Lines{"Remove #1 evicted", "Waits a2"});
  CHECK(pool.removed(1) ==
        Lines{"Placed a2 #2 recreatedPrewarm", "Init #2 a2", "Start #3 stem cell"});
}

TEST_CASE("a stem cell that dies is replaced at once") {
  PoolUnderTest pool(withPrewarms(1));
  pool.started(1);
  CHECK(pool.died(1) == Lines{"Remove #1 died", "Start #2 stem cell"});
}

TEST_CASE("stem cells that keep failing do not spin") {
  PoolConfig config = withPrewarms(1);
  config.prewarm_retries_max = 100;
  config.prewarm_check_delay = 24h;
  PoolUnderTest pool(config);
  CHECK(pool.startFailed(1) == Lines{"Start #2 stem cell"});
  std::uint64_t id = 2;
  for (const Duration wait : {100ms, 200ms, 400ms, 800ms, 1600ms, 3200ms}) {
    CAPTURE(wait.count());
    CHECK(pool.startFailed(id) == Lines{});
    REQUIRE(pool.pool().nextDeadline() == pool.now + wait);
    CHECK(pool.after(wait - 1ns) == Lines{});
    ++id;
    CHECK(pool.after(1ns) == Lines{"Start #" + std::to_string(id) + " stem cell"});
  }
  for (int i = 0; i < 10; ++i) {
    pool.startFailed(id++);
    pool.after(1min);
  }
  // A minute is the longest wait; who holds out for two of them starts afresh.
  pool.started(id);
  pool.after(3min);
  CHECK(pool.died(id).back() == "Start #" + std::to_string(id + 1) + " stem cell");
}

TEST_CASE("stem cells that end together are one failure, and are back at once") {
  PoolUnderTest pool(withPrewarms(10));
  for (std::uint64_t id = 1; id <= 10; ++id) pool.started(id);
  pool.now += 1s;
  for (std::uint64_t id = 1; id <= 10; ++id) pool.died(id);
  CHECK(pool.pool().containers().prewarmCount(kNode, 256_MiB) == 10);
}

TEST_CASE("stem cells that fail too often in a row are not started before the next check") {
  PoolConfig config = withPrewarms(1);
  config.prewarm_retries_max = 1;
  PoolUnderTest pool(config);
  CHECK(pool.startFailed(1) == Lines{"Start #2 stem cell"});
  CHECK(pool.startFailed(2) == Lines{});
  CHECK(pool.after(9min) == Lines{});
  CHECK(pool.after(1min) == Lines{"Start #3 stem cell"});
}

TEST_CASE("stem cells are probed, and given up after so many failures in a row") {
  PoolConfig config = withPrewarms(1);
  config.prewarm_health.enabled = true;
  PoolUnderTest pool(config);
  pool.started(1);
  const auto answer = [&](ProbeResult result) {
    return pool.handle(event::ProbeCompleted{{1}, result});
  };
  CHECK(pool.after(3s) == Lines{"Probe #1"});
  CHECK(answer(ProbeResult::Reachable) == Lines{});
  for (int i = 0; i < 2; ++i) {
    CHECK(pool.after(3s) == Lines{"Probe #1"});
    CHECK(answer(ProbeResult::Unreachable) == Lines{});
  }
  CHECK(pool.after(3s) == Lines{"Probe #1"});
  CHECK(answer(ProbeResult::Unreachable) == Lines{"Remove #1 unhealthy", "Start #2 stem cell"});
}

TEST_CASE("a probe that is not answered is a failure, one that comes too late is nothing") {
  PoolConfig config = withPrewarms(1);
  config.prewarm_health.enabled = true;
  config.prewarm_health.failures_max = 1;
  PoolUnderTest pool(config);
  pool.started(1);
  pool.after(3s);
  SECTION("not answered") {
    CHECK(pool.after(6s) == Lines{"Remove #1 unhealthy", "Start #2 stem cell"});
  }
  SECTION("taken meanwhile") {
    pool.arrive(1, named("hello"));
    CHECK(pool.handle(event::ProbeCompleted{{1}, ProbeResult::Unreachable}) == Lines{});
    CHECK(pool.stateOf(1) == "warming");
  }
}

}  // namespace
}  // namespace owpool
