#include <catch2/catch.hpp>

#include "tests/core/pool_under_test.h"

namespace owpool {
namespace {

TEST_CASE("a first activation starts a container, initialises it, runs, and is answered") {
  PoolUnderTest pool;
  CHECK(pool.arrive(1, named("hello")) == Lines{"Placed a1 #1 cold", "Start #1 for guest/hello"});
  CHECK(pool.started(1) == Lines{"Init #1 a1"});
  CHECK(pool.initialized(1) == Lines{"Run #1 a1"});
  CHECK(pool.completed(1, 1) == Lines{"Answer a1"});
  CHECK(pool.stateOf(1) == "ready");
}

TEST_CASE("a second activation of the same action runs warm, at once") {
  PoolUnderTest pool;
  pool.makeIdle(1, 1, named("hello"));
  CHECK(pool.arrive(2, named("hello")) == Lines{"Placed a2 #1 warmed", "Run #1 a2"});
}

TEST_CASE("an activation of another action gets a container of its own") {
  PoolUnderTest pool;
  pool.makeIdle(1, 1, named("hello"));
  CHECK(pool.arrive(2, named("other")) == Lines{"Placed a2 #2 cold", "Start #2 for guest/other"});
}

TEST_CASE("a new revision of an action never runs in a container of the old one") {
  PoolUnderTest pool;
  pool.makeIdle(1, 1, named("hello"));
  ActionSpec updated;
  updated.revision = "2";
  CHECK(pool.arrive(2, makeAction(updated)) ==
        Lines{"Placed a2 #2 cold", "Start #2 for guest/hello"});
}

TEST_CASE("when all memory is busy an activation waits and runs when its turn comes") {
  PoolUnderTest pool(configOf(256_MiB));
  pool.runCold(1, 1, named("hello"));
  CHECK(pool.arrive(2, named("hello")) == Lines{"Waits a2"});
  CHECK(pool.arrive(3, named("hello")) == Lines{});
  CHECK(pool.stats().buffered_count == 2);
  CHECK(pool.stats().buffered_memory == 512_MiB);
  CHECK(pool.completed(1, 1) ==
        Lines{"Answer a1", "Placed a2 #1 warmed", "Run #1 a2", "Waits a3"});
  CHECK(pool.completed(1, 2) == Lines{"Answer a2", "Placed a3 #1 warmed", "Run #1 a3"});
  CHECK(pool.stats().buffered_memory == 0_MiB);
}

TEST_CASE("stats tell since when the oldest in the buffer waits, wherever it stands there") {
  PoolConfig config = configOf(256_MiB);
  config.blocking_priority = BlockingPriority::BlockingFirst;
  PoolUnderTest pool(config);
  pool.runCold(1, 1, named("hello"));
  CHECK(pool.stats().oldest_buffered == std::nullopt);
  const TimePoint first = pool.now;
  pool.handle(event::ActivationArrived{{{0, 2}, named("hello"), InvocationMode::NonBlocking}});
  pool.after(1s);
  pool.arrive(3, named("hello"));
  CHECK(pool.stats().oldest_buffered == first);
  pool.completed(1, 1);  // The blocking one comes first.
  CHECK(pool.stats().oldest_buffered == first);
  pool.completed(1, 3);
  CHECK(pool.stats().oldest_buffered == std::nullopt);
}

TEST_CASE("stats count each container, and each byte of it, in exactly one state") {
  const auto memory = [](const PoolStats& s) {
    return std::vector<ByteSize>{s.starting_memory, s.prewarmed_memory, s.warming_memory,
                                 s.busy_memory,     s.idle_memory,      s.removing_memory};
  };
  PoolConfig config = configOf(1024_MiB);
  config.prewarms = {{{"nodejs:20", "node"}, 128_MiB, 1}};
  PoolUnderTest pool(config);
  CHECK(memory(pool.stats()) == std::vector{128_MiB, 0_MiB, 0_MiB, 0_MiB, 0_MiB, 0_MiB});
  pool.started(1);
  CHECK(memory(pool.stats()) == std::vector{0_MiB, 128_MiB, 0_MiB, 0_MiB, 0_MiB, 0_MiB});
  pool.arrive(1, named("a"));
  CHECK(memory(pool.stats()) == std::vector{0_MiB, 128_MiB, 256_MiB, 0_MiB, 0_MiB, 0_MiB});
  pool.started(2);
  pool.initialized(2);
  CHECK(memory(pool.stats()) == std::vector{0_MiB, 128_MiB, 0_MiB, 256_MiB, 0_MiB, 0_MiB});
  pool.completed(2, 1);
  CHECK(memory(pool.stats()) == std::vector{0_MiB, 128_MiB, 0_MiB, 0_MiB, 256_MiB, 0_MiB});
  CHECK(pool.stats().paused_count == 0);
  pool.after(10s);
  pool.paused(2);
  CHECK(pool.stats().paused_count == 1);
  CHECK(pool.stats().paused_memory == 256_MiB);
  CHECK(memory(pool.stats()) == std::vector{0_MiB, 128_MiB, 0_MiB, 0_MiB, 256_MiB, 0_MiB});
  pool.after(10min);
  CHECK(memory(pool.stats()) == std::vector{0_MiB, 128_MiB, 0_MiB, 0_MiB, 0_MiB, 256_MiB});
}

TEST_CASE("an idle container is evicted for another action, whose start waits for its memory") {
  PoolUnderTest pool(configOf(256_MiB));
  pool.makeIdle(1, 1, named("hello"));
  CHECK(pool.arrive(2, named("other")) == Lines{"Remove #1 evicted", "Waits a2"});
  CHECK(pool.removed(1) == Lines{"Placed a2 #2 recreated", "Start #2 for guest/other"});
}

TEST_CASE("only what is missing is evicted, oldest first") {
  PoolUnderTest pool(configOf(1024_MiB));
  pool.makeIdle(1, 1, named("a"));
  pool.now += 1s;
  pool.makeIdle(2, 2, named("b"));
  pool.now += 1s;
  pool.makeIdle(3, 3, named("c"));
  // 768 of 1024 are used; 512 are needed: one container of 256 is enough.
  CHECK(pool.arrive(4, named("big", 512_MiB)) == Lines{"Remove #1 evicted", "Waits a4"});
  // Memory that is being freed is not freed once more.
  CHECK(pool.after(1ms) == Lines{});
  CHECK(pool.removed(1) == Lines{"Placed a4 #4 recreated", "Start #4 for guest/big"});
}

TEST_CASE("nothing is evicted if all the idle ones together would not be enough") {
  PoolUnderTest pool(configOf(512_MiB));
  pool.runCold(1, 1, named("busy"));
  pool.makeIdle(2, 2, named("idle"));
  CHECK(pool.arrive(3, named("big", 512_MiB)) == Lines{"Waits a3"});
  CHECK(pool.stateOf(2) == "ready");
}

TEST_CASE("a container that has just ended a long run is not the first to be evicted") {
  PoolUnderTest pool(configOf(512_MiB));
  pool.runCold(1, 1, named("long"));
  pool.now += 1s;
  pool.makeIdle(2, 2, named("short"));
  pool.now += 50s;
  pool.completed(1, 1);
  CHECK(pool.arrive(3, named("other")) == Lines{"Remove #2 evicted", "Waits a3"});
}

TEST_CASE("a small activation does not overtake a large one at the head") {
  PoolUnderTest pool(configOf(512_MiB));
  pool.runCold(1, 1, named("busy"));
  pool.makeIdle(2, 2, named("idle"));
  pool.arrive(3, named("big", 512_MiB));
  CHECK(pool.arrive(4, named("idle")) == Lines{});
  CHECK(pool.stats().buffered_count == 2);
}

TEST_CASE("a free warm slot is used although the memory is all busy") {
  PoolUnderTest pool(configOf(512_MiB));
  pool.runCold(1, 1, named("other"));
  pool.runCold(2, 2, named("many", 256_MiB, 3));
  CHECK(pool.arrive(3, named("many", 256_MiB, 3)) == Lines{"Placed a3 #2 warmed", "Run #2 a3"});
}

TEST_CASE("activations join a container that is still warming, up to its concurrency") {
  PoolUnderTest pool(configOf(256_MiB));
  const ActionPtr two = named("two", 256_MiB, 2);
  pool.arrive(1, two);
  CHECK(pool.arrive(2, two) == Lines{"Placed a2 #1 warmingCold"});
  CHECK(pool.arrive(3, two) == Lines{"Waits a3"});
  CHECK(pool.started(1) == Lines{"Init #1 a1"});
  CHECK(pool.initialized(1) == Lines{"Run #1 a1", "Run #1 a2"});
  CHECK(pool.completed(1, 2) == Lines{"Answer a2", "Placed a3 #1 warmed", "Run #1 a3"});
  CHECK(pool.stateOf(1) == "running");
}

TEST_CASE("one that joins while the code is being taken is placed warming") {
  PoolUnderTest pool;
  const ActionPtr two = named("two", 256_MiB, 2);
  pool.arrive(1, two);
  pool.started(1);
  CHECK(pool.arrive(2, two) == Lines{"Placed a2 #1 warming"});
}

TEST_CASE("waiting is reported once in ten seconds for each activation") {
  PoolUnderTest pool(configOf(256_MiB));
  pool.runCold(1, 1, named("hello"));
  CHECK(pool.arrive(2, named("other")) == Lines{"Waits a2"});
  CHECK(pool.after(9s) == Lines{});
  CHECK(pool.after(1s) == Lines{"Waits a2"});
  CHECK(pool.stats().waiting_reported_total == 2);
}

}  // namespace
}  // namespace owpool
