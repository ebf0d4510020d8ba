#include <catch2/catch.hpp>

#include "tests/core/pool_under_test.h"

namespace owpool {
namespace {

TEST_CASE("a pool that shuts down refuses arrivals, lets runs end, and removes what is idle") {
  PoolConfig config = configOf(512_MiB);
  config.prewarms = {{kNode, 128_MiB, 1}};
  PoolUnderTest pool(config);
  pool.started(1);
  pool.runCold(2, 1, named("running"));
  pool.makeIdle(3, 2, named("idle"));
  CHECK(pool.shutDown(30s) == Lines{"Remove #1 shutdown", "Remove #3 shutdown"});
  CHECK(pool.arrive(3, named("idle")) == Lines{"Refuse a3 shuttingDown"});
  CHECK(pool.removed(1) == Lines{});
  CHECK(pool.removed(3) == Lines{});
  CHECK_FALSE(pool.pool().isShutDown());
  CHECK(pool.completed(2, 1) == Lines{"Answer a1", "Remove #2 shutdown"});
  CHECK(pool.removed(2) == Lines{});
  CHECK(pool.pool().isShutDown());
}

TEST_CASE("what waits is still served while the pool drains") {
  PoolUnderTest pool(configOf(256_MiB));
  pool.runCold(1, 1, named("hello"));
  pool.arrive(2, named("hello"));
  pool.shutDown(30s);
  CHECK(pool.completed(1, 1) == Lines{"Answer a1", "Placed a2 #1 warmed", "Run #1 a2"});
  CHECK(pool.completed(1, 2) == Lines{"Answer a2", "Remove #1 shutdown"});
}

TEST_CASE("a shutdown that frees what an activation waits for gives it to that at once") {
  PoolConfig config = configOf(512_MiB);
  config.prewarms = {{kNode, 128_MiB, 1}};
  config.starts_in_flight_max = 1;
  PoolUnderTest pool(config);  // The stem cell's start is the one that may be in flight.
  pool.arrive(1, named("hello"));
  CHECK(pool.stats().buffered_count == 1);
  CHECK(pool.shutDown(30s) ==
        Lines{"Remove #1 shutdown", "Placed a1 #2 cold", "Start #2 for guest/hello"});
}

TEST_CASE("when the drain is over everything is answered and removed") {
  const std::string error =
      R"( {"error":"The pool was shut down before the activation ended."})";
  PoolUnderTest pool(configOf(512_MiB));
  pool.runCold(1, 1, named("running"));
  pool.arrive(2, named("starting"));
  pool.arrive(3, named("waiting"));
  pool.shutDown(30s);
  CHECK(pool.pool().nextDeadline() == pool.now + 30s);
  CHECK(pool.after(30s) == Lines{"Error a1" + error, "Remove #1 shutdown", "Error a2" + error,
                                 "Remove #2 shutdown", "Error a3" + error});
  pool.removed(1);
  // The start of the second was still under way.
  CHECK(pool.started(2) == Lines{});
  pool.removed(2);
  CHECK(pool.pool().isShutDown());
}

TEST_CASE("a second shutdown may be shorter, never longer") {
  PoolUnderTest pool;
  pool.runCold(1, 1, named("running"));
  pool.shutDown(30s);
  pool.shutDown(60s);
  CHECK(pool.pool().nextDeadline() == pool.now + 30s);
  CHECK(pool.shutDown(0s).back() == "Remove #1 shutdown");
}

TEST_CASE("a container that cannot be removed does not keep a pool from shutting down") {
  PoolUnderTest pool;
  pool.makeIdle(1, 1, named("hello"));
  pool.shutDown(0s);
  for (int i = 0; i < 4; ++i) {
    CHECK(pool.handle(event::RemovalFailed{{1}, "no"}) == Lines{});
    CHECK(pool.after(1min) == Lines{"Remove #1 shutdown"});
  }
  CHECK(pool.handle(event::RemovalFailed{{1}, "no"}) == Lines{"Given up #1"});
  CHECK(pool.pool().isShutDown());
}

TEST_CASE("an empty pool is shut down at once") {
  PoolUnderTest pool;
  CHECK_FALSE(pool.pool().isShutDown());
  CHECK(pool.shutDown(30s) == Lines{});
  CHECK(pool.pool().isShutDown());
}

}  // namespace
}  // namespace owpool
