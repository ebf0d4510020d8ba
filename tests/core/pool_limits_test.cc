#include <catch2/catch.hpp>

#include "tests/core/pool_under_test.h"

namespace owpool {
namespace {

TEST_CASE("an activation that can never fit is refused at once") {
  PoolUnderTest pool(configOf(256_MiB));
  CHECK(pool.arrive(1, named("big", 257_MiB)) == Lines{"Refuse a1 largerThanPool"});
  CHECK(pool.stats().refused_total == 1);
}

TEST_CASE("an action that breaks its rules is refused") {
  PoolUnderTest pool;
  Action action = *named("hello");
  SECTION("memory") { action.memory = 0_MiB; }
  SECTION("concurrency") { action.concurrency_max = 0; }
  SECTION("time limit") { action.time_limit = 0s; }
  CHECK(pool.arrive(1, std::make_shared<const Action>(action)) ==
        Lines{"Refuse a1 invalidAction"});
}

TEST_CASE("a full buffer refuses one more, but takes back what was rescheduled") {
  PoolConfig config = configOf(256_MiB);
  config.buffer_count_max = 1;
  PoolUnderTest pool(config);
  pool.runCold(1, 1, named("hello"));
  pool.arrive(2, named("hello"));
  CHECK(pool.arrive(3, named("hello")) == Lines{"Refuse a3 bufferFull"});
  pool.notDelivered(1, 1);
  CHECK(pool.stats().buffered_count == 2);
}

TEST_CASE("without a buffer who finds no room is refused") {
  PoolConfig config = configOf(256_MiB);
  config.buffer_count_max = 0;
  PoolUnderTest pool(config);
  pool.runCold(1, 1, named("hello"));
  CHECK(pool.arrive(2, named("hello")) == Lines{"Refuse a2 bufferFull"});
}

TEST_CASE("nothing is evicted for an activation that is then refused") {
  PoolConfig config = configOf(256_MiB);
  config.buffer_count_max = 0;
  PoolUnderTest pool(config);
  pool.makeIdle(1, 1, named("a"));
  CHECK(pool.arrive(2, named("b")) == Lines{"Refuse a2 bufferFull"});
  CHECK(pool.stateOf(1) == "ready");
}

TEST_CASE("no more containers are started at a time than may be") {
  PoolConfig config;
  config.starts_in_flight_max = 1;
  config.prewarms = {{kPython, 128_MiB, 2}};
  PoolUnderTest pool(config);
  CHECK(pool.started_with == Lines{"Start #1 stem cell"});
  CHECK(pool.arrive(1, named("a")) == Lines{"Waits a1"});
  CHECK(pool.started(1) == Lines{"Placed a1 #2 cold", "Start #2 for guest/a"});
  CHECK(pool.started(2) == Lines{"Init #2 a1", "Start #3 stem cell"});
}

TEST_CASE("an id that is not answered yet is not accepted twice") {
  PoolUnderTest pool;
  pool.arrive(1, named("hello"));
  CHECK(pool.arrive(1, named("hello")) == Lines{});
  CHECK(pool.stats().ignored_events_total == 1);
  CHECK(pool.stats().arrived_total == 1);
}

TEST_CASE("a feed has as many credits as it may have activations unanswered") {
  PoolConfig config = configOf(256_MiB);
  config.feed_credits = 2;
  PoolUnderTest pool(config);
  CHECK(pool.started_with == Lines{"Credits 2"});
  pool.runCold(1, 1, named("hello"));
  CHECK(pool.arrive(2, named("hello")) == Lines{"Waits a2"});
  CHECK(pool.completed(1, 1) ==
        Lines{"Answer a1", "Placed a2 #1 warmed", "Run #1 a2", "Credits 1"});
}

TEST_CASE("a credit comes back for each activation answered, not for containers removed") {
  PoolConfig config = configOf(512_MiB);
  config.feed_credits = 3;
  PoolUnderTest pool(config);
  const ActionPtr two = named("two", 256_MiB, 2);
  pool.arrive(1, two);
  pool.arrive(2, two);
  SECTION("two activations of one failed start are two credits") {
    CHECK(pool.startFailed(1).back() == "Credits 2");
  }
  SECTION("a removal is none") {
    pool.started(1);
    pool.initialized(1);
    CHECK(pool.completed(1, 1, ContainerFate::Broken).back() == "Credits 1");
    CHECK(pool.completed(1, 2).back() == "Credits 1");
    CHECK(pool.removed(1) == Lines{});
  }
  SECTION("one that is rescheduled keeps its credit") {
    pool.started(1);
    pool.initialized(1);
    for (const std::string& line : pool.notDelivered(1, 1)) CHECK(line != "Credits 1");
  }
  SECTION("a refusal gives its credit back") {
    CHECK(pool.arrive(3, named("big", 1024_MiB)) ==
          Lines{"Refuse a3 largerThanPool", "Credits 1"});
  }
}

}  // namespace
}  // namespace owpool
