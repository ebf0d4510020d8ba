#include <catch2/catch.hpp>

#include "tests/core/pool_under_test.h"

namespace owpool {
namespace {

const std::string kDeveloperError = R"({"error":"no init"})";

TEST_CASE("a failed start answers all who wait for it and leaves nothing") {
  PoolUnderTest pool(configOf(256_MiB));
  const ActionPtr two = named("two", 256_MiB, 2);
  pool.arrive(1, two);
  pool.arrive(2, two);
  CHECK(pool.startFailed(1) ==
        Lines{R"(Error a1 {"error":"no start"})", R"(Error a2 {"error":"no start"})"});
  CHECK(pool.stateOf(1) == "gone");
  CHECK(pool.stats().start_failed_total == 1);
  CHECK(pool.stats().user_memory == 0_MiB);
}

TEST_CASE("a failed init answers all who wait and removes the container") {
  PoolUnderTest pool;
  const ActionPtr two = named("two", 256_MiB, 2);
  pool.arrive(1, two);
  pool.arrive(2, two);
  pool.started(1);
  CHECK(pool.initFailed(1) == Lines{"Error a1 " + kDeveloperError, "Error a2 " + kDeveloperError,
                                    "Remove #1 initFailed"});
}

TEST_CASE("an init that was not delivered is tried in another container") {
  PoolUnderTest pool(configOf(256_MiB));
  pool.arrive(1, named("hello"));
  pool.started(1);
  CHECK(pool.handle(event::InitNotDelivered{{1}}) ==
        Lines{"Remove #1 unreachable", "Waits a1"});
  CHECK(pool.removed(1) == Lines{"Placed a1 #2 cold", "Start #2 for guest/hello"});
}

TEST_CASE("a run that broke its container is answered, and the container goes") {
  PoolUnderTest pool;
  pool.runCold(1, 1, named("hello"));
  CHECK(pool.completed(1, 1, ContainerFate::Broken) == Lines{"Answer a1", "Remove #1 runFailed"});
}

TEST_CASE("one failing run lets the others finish, takes no more work, then the container goes") {
  PoolUnderTest pool;
  const ActionPtr three = named("three", 256_MiB, 3);
  pool.runCold(1, 1, three);
  pool.arrive(2, three);
  CHECK(pool.completed(1, 1, ContainerFate::Broken) == Lines{"Answer a1", "Abandon #1"});
  CHECK(pool.stateOf(1) == "draining");
  CHECK(pool.arrive(3, three) == Lines{"Placed a3 #2 cold", "Start #2 for guest/three"});
  CHECK(pool.completed(1, 2) == Lines{"Answer a2", "Remove #1 runFailed"});
}

TEST_CASE("an activation whose request was not delivered goes to another container, first of all") {
  PoolUnderTest pool(configOf(256_MiB));
  pool.makeIdle(1, 1, named("hello"));
  pool.arrive(2, named("hello"));
  pool.arrive(3, named("hello"));
  CHECK(pool.notDelivered(1, 2) == Lines{"Remove #1 unreachable", "Waits a2"});
  CHECK(pool.removed(1) == Lines{"Placed a2 #2 cold", "Start #2 for guest/hello"});
  CHECK(pool.stats().buffered_count == 1);
  CHECK(pool.stats().rescheduled_total == 1);
}

TEST_CASE("an activation that cannot be delivered again and again is answered in the end") {
  PoolConfig config;
  config.reschedules_max = 2;
  PoolUnderTest pool(config);
  pool.arrive(1, named("hello"));
  for (std::uint64_t id = 1; id <= 2; ++id) {
    pool.started(id);
    pool.initialized(id);
    CHECK(pool.notDelivered(id, 1).back() ==
          "Start #" + std::to_string(id + 1) + " for guest/hello");
  }
  pool.started(3);
  pool.initialized(3);
  CHECK(pool.notDelivered(3, 1) ==
        Lines{R"(Error a1 {"error":"The activation could not be delivered to a container."})",
              "Remove #3 unreachable"});
}

TEST_CASE("a result is answered before its logs are read, the container is free only then") {
  PoolUnderTest pool(configOf(256_MiB));
  pool.runCold(1, 1, named("hello"));
  CHECK(pool.resultKnown(1, 1) == Lines{"Answer a1"});
  CHECK(pool.arrive(2, named("hello")) == Lines{"Waits a2"});
  CHECK(pool.completed(1, 1) == Lines{"Placed a2 #1 warmed", "Run #1 a2"});
}

TEST_CASE("logs that never end cost the container, not the answer") {
  PoolUnderTest pool;
  pool.runCold(1, 1, named("hello"));
  pool.resultKnown(1, 1);
  CHECK(pool.after(29s) == Lines{});
  CHECK(pool.after(1s) == Lines{"Remove #1 runFailed"});
}

TEST_CASE("an idle container is paused after its grace and removed after its idle time") {
  PoolUnderTest pool;
  pool.makeIdle(1, 1, named("hello"));
  CHECK(pool.after(9999ms) == Lines{});
  CHECK(pool.after(1ms) == Lines{"Pause #1"});
  CHECK(pool.paused(1) == Lines{});
  CHECK(pool.after(9min) == Lines{});
  CHECK(pool.after(50s) == Lines{"Remove #1 idleTimeout"});
  CHECK(pool.removed(1) == Lines{});
  CHECK(pool.pool().nextDeadline() == std::nullopt);
}

TEST_CASE("without a pause grace a container is never paused") {
  PoolConfig config;
  config.pause_grace = std::nullopt;
  PoolUnderTest pool(config);
  pool.makeIdle(1, 1, named("hello"));
  CHECK(pool.after(9min) == Lines{});
  CHECK(pool.after(1min) == Lines{"Remove #1 idleTimeout"});
}

TEST_CASE("a paused container is resumed before it runs") {
  PoolUnderTest pool;
  pool.makeIdle(1, 1, named("hello"));
  pool.after(10s);
  pool.paused(1);
  CHECK(pool.arrive(2, named("hello")) == Lines{"Placed a2 #1 warmed", "Resume #1"});
  CHECK(pool.resumed(1) == Lines{"Run #1 a2"});
}

TEST_CASE("one that is just being paused is resumed as soon as it is") {
  PoolUnderTest pool;
  pool.makeIdle(1, 1, named("hello"));
  pool.after(10s);
  CHECK(pool.arrive(2, named("hello")) == Lines{"Placed a2 #1 warmed"});
  CHECK(pool.paused(1) == Lines{"Resume #1"});
  CHECK(pool.resumed(1) == Lines{"Run #1 a2"});
}

TEST_CASE("a container that cannot be paused or resumed goes, and who waits for it is served") {
  PoolUnderTest pool;
  pool.makeIdle(1, 1, named("hello"));
  pool.after(10s);
  SECTION("pause fails") {
    CHECK(pool.handle(event::PauseFailed{{1}, "no"}) == Lines{"Remove #1 pauseFailed"});
  }
  SECTION("pause is not answered") {
    CHECK(pool.after(10s) == Lines{"Remove #1 pauseFailed"});
  }
  SECTION("resume fails") {
    pool.paused(1);
    pool.arrive(2, named("hello"));
    CHECK(pool.handle(event::ResumeFailed{{1}, "no"}) ==
          Lines{"Remove #1 pauseFailed", "Placed a2 #2 cold", "Start #2 for guest/hello"});
  }
}

TEST_CASE("a container that comes up at another's address is the death of that one") {
  PoolUnderTest pool;
  pool.arrive(1, named("a"));
  pool.started(1, "10.0.0.2:80");
  pool.initialized(1);
  pool.completed(1, 1);
  pool.arrive(2, named("b"));
  CHECK(pool.started(2, "10.0.0.2:80") == Lines{"Remove #1 died", "Init #2 a2"});
  CHECK(pool.removed(1) == Lines{});
  CHECK(pool.arrive(3, named("a")) == Lines{"Placed a3 #3 cold", "Start #3 for guest/a"});
}

TEST_CASE("a container that died gets no more work, what was sent to it is answered by its call") {
  PoolUnderTest pool;
  SECTION("idle") {
    pool.makeIdle(1, 1, named("hello"));
    CHECK(pool.died(1) == Lines{"Remove #1 died"});
  }
  SECTION("running") {
    pool.runCold(1, 1, named("hello"));
    CHECK(pool.died(1) == Lines{"Abandon #1"});
    CHECK(pool.stateOf(1) == "draining");
    CHECK(pool.completed(1, 1, ContainerFate::Broken) == Lines{"Answer a1", "Remove #1 died"});
  }
  SECTION("while it takes its code") {
    pool.arrive(1, named("hello"));
    pool.started(1);
    CHECK(pool.died(1) == Lines{"Abandon #1"});
    CHECK(pool.initFailed(1) == Lines{"Error a1 " + kDeveloperError, "Remove #1 died"});
  }
  SECTION("before its start was answered") {
    pool.arrive(1, named("hello"));
    CHECK(pool.died(1) ==
          Lines{"Remove #1 died", "Placed a1 #2 cold", "Start #2 for guest/hello"});
    CHECK(pool.started(1) == Lines{});
  }
  SECTION("paused, with an activation waiting for its resume") {
    pool.makeIdle(1, 1, named("hello"));
    pool.after(10s);
    pool.paused(1);
    pool.arrive(2, named("hello"));
    CHECK(pool.died(1) ==
          Lines{"Remove #1 died", "Placed a2 #2 cold", "Start #2 for guest/hello"});
  }
  SECTION("said twice") {
    pool.makeIdle(1, 1, named("hello"));
    pool.died(1);
    CHECK(pool.died(1) == Lines{});
  }
}

TEST_CASE("an answer that is late, doubled or about nobody is ignored and counted") {
  PoolUnderTest pool;
  pool.makeIdle(1, 1, named("hello"));
  CHECK(pool.completed(1, 1) == Lines{});
  CHECK(pool.started(1) == Lines{});
  CHECK(pool.initialized(1) == Lines{});
  CHECK(pool.notDelivered(1, 1) == Lines{});
  CHECK(pool.paused(7) == Lines{});
  CHECK(pool.removed(1) == Lines{});
  CHECK(pool.died(7) == Lines{});
  CHECK(pool.stats().ignored_events_total == 7);
  CHECK(pool.stateOf(1) == "ready");
}

TEST_CASE("the pool gives up on answers that do not come, and goes on") {
  PoolUnderTest pool;
  SECTION("start") {
    pool.arrive(1, named("hello"));
    CHECK(pool.after(60s) ==
          Lines{R"(Error a1 {"error":"The container did not start in time."})",
                "Remove #1 startFailed"});
    CHECK(pool.started(1) == Lines{});
  }
  SECTION("init") {
    pool.arrive(1, named("hello"));
    pool.started(1);
    CHECK(pool.after(65s) ==
          Lines{R"(Error a1 {"error":"The action exceeded its time limits of 60000 milliseconds )"
                R"(during initialization."})",
                "Remove #1 initFailed"});
  }
  SECTION("run") {
    const ActionPtr two = named("two", 256_MiB, 2);
    pool.runCold(1, 1, two);
    pool.now += 30s;
    pool.arrive(2, two);
    CHECK(pool.after(35s) ==
          Lines{"Error a1 "
                R"({"error":"The action exceeded its time limits of 60000 milliseconds."})",
                "Abandon #1"});
    CHECK(pool.completed(1, 2) == Lines{"Answer a2", "Remove #1 runFailed"});
    CHECK(pool.completed(1, 1) == Lines{});
  }
  SECTION("removal") {
    pool.runCold(1, 1, named("hello"));
    pool.completed(1, 1, ContainerFate::Broken);
    CHECK(pool.after(60s) == Lines{});
    CHECK(pool.after(1s) == Lines{"Remove #1 runFailed"});
    // The first order is answered at last, then the second: gone is gone.
    CHECK(pool.handle(event::RemovalFailed{{1}, "late"}) == Lines{});
    CHECK(pool.removed(1) == Lines{});
    CHECK(pool.stateOf(1) == "gone");
  }
}

TEST_CASE("a removal that fails is tried again, ever more rarely, and counts until it is done") {
  PoolUnderTest pool(configOf(256_MiB));
  pool.runCold(1, 1, named("hello"));
  pool.completed(1, 1, ContainerFate::Broken);
  for (const Duration wait : {1s, 2s, 4s, 8s, 16s, 32s, 60s, 60s}) {
    CAPTURE(wait.count());
    CHECK(pool.handle(event::RemovalFailed{{1}, "no"}) == Lines{});
    CHECK(pool.after(wait - 1ns) == Lines{});
    CHECK(pool.after(1ns) == Lines{"Remove #1 runFailed"});
  }
  CHECK(pool.arrive(2, named("hello")) == Lines{"Waits a2"});
  CHECK(pool.removed(1).back() == "Start #2 for guest/hello");
  CHECK(pool.stats().removal_failed_total == 8);
}

TEST_CASE("a victim that cannot be removed does not keep the head waiting while another is idle") {
  PoolConfig config = configOf(512_MiB);
  config.pause_grace = std::nullopt;
  PoolUnderTest pool(config);
  pool.makeIdle(1, 1, named("a"));
  pool.now += 1s;
  pool.makeIdle(2, 2, named("b"));
  CHECK(pool.arrive(3, named("c")) == Lines{"Remove #1 evicted", "Waits a3"});
  CHECK(pool.handle(event::RemovalFailed{{1}, "no"}) == Lines{"Remove #2 evicted"});
}

TEST_CASE("a duration without end means never") {
  SECTION("an idle time") {
    PoolConfig config;
    config.idle_timeout = Duration::max();
    config.pause_grace = Duration::max();
    PoolUnderTest pool(config);
    pool.makeIdle(1, 1, named("a"));
    CHECK(pool.after(1000h) == Lines{});
  }
  SECTION("a drain time") {
    PoolUnderTest pool;
    pool.runCold(1, 1, named("a"));
    CHECK(pool.shutDown(Duration::max()) == Lines{});
  }
  SECTION("a time limit") {
    PoolUnderTest pool;
    Action action = *named("a");
    action.time_limit = Duration::max();
    pool.arrive(1, std::make_shared<const Action>(action));
    CHECK(pool.started(1) == Lines{"Init #1 a1"});
    CHECK(pool.initialized(1) == Lines{"Run #1 a1"});
    CHECK(pool.after(1000h) == Lines{});
  }
}

TEST_CASE("a dead container whose start is answered late takes no living one's address from it") {
  PoolUnderTest pool;
  pool.arrive(1, named("a"));
  pool.died(1);
  pool.started(2, "h");
  CHECK(pool.started(1, "h") == Lines{});
  CHECK(pool.stateOf(2) == "warming");
}

TEST_CASE("of two that are rescheduled the older one is served first") {
  PoolUnderTest pool(configOf(512_MiB));
  pool.runCold(1, 1, named("a"));
  pool.runCold(2, 2, named("b"));
  pool.notDelivered(1, 1);
  pool.notDelivered(2, 2);
  CHECK(pool.removed(1).front() == "Placed a1 #3 cold");
}

TEST_CASE("one that merely waited for a container does not use up its reschedules") {
  PoolConfig config;
  config.reschedules_max = 0;
  PoolUnderTest pool(config);
  pool.makeIdle(1, 1, named("hello"));
  pool.after(10s);
  pool.arrive(2, named("hello"));
  CHECK(pool.handle(event::PauseFailed{{1}, "no"}) ==
        Lines{"Remove #1 pauseFailed", "Placed a2 #2 cold", "Start #2 for guest/hello"});
}

TEST_CASE("a start counts as recreated only if something was evicted for it") {
  PoolUnderTest pool(configOf(512_MiB));
  pool.makeIdle(1, 1, named("a", 512_MiB));
  pool.arrive(2, named("b"));
  pool.removed(1);
  pool.started(2);
  pool.initialized(2);
  CHECK(pool.notDelivered(2, 2) ==
        Lines{"Remove #2 unreachable", "Placed a2 #3 cold", "Start #3 for guest/b"});
}

TEST_CASE("a container that comes up after it was given up still takes its address over") {
  PoolUnderTest pool(configOf(1024_MiB));
  pool.arrive(1, named("slow"));
  pool.after(1min);  // Its start is given up, its removal is under way.
  CHECK(pool.stateOf(1) == "removing");
  pool.arrive(2, named("hello"));
  pool.started(2, "host:1");
  pool.initialized(2);
  pool.completed(2, 2);

  CHECK(pool.started(1, "host:1") == Lines{"Remove #2 died"});
  // Said again, it is no news: the address may belong to another by now.
  pool.arrive(3, named("hello"));
  pool.started(3, "host:1");
  CHECK(pool.started(1, "host:1").empty());
  CHECK(pool.stateOf(3) == "warming");
}

}  // namespace
}  // namespace owpool
