#include "owpoold/admin/decision_log.h"

#include "tests/owpoolctl/told_pool.h"

namespace owpool::daemon {
namespace {

TEST_CASE("only the newest activations are remembered") {
  DecisionLog::Limits limits;
  limits.activations_max = 2;
  ToldPool pool({}, limits);
  for (std::uint64_t id = 1; id <= 3; ++id) pool.makeIdle(id == 1 ? 1 : 0, id, named("a"));
  CHECK(!pool.log.find({0, 1}));
  CHECK(pool.log.find({0, 2}));
  CHECK(pool.log.find({0, 3}));
}

TEST_CASE("an action that was forgotten is not said to be new") {
  DecisionLog::Limits limits;
  limits.actions_max = 1;
  ToldPool pool({}, limits);
  pool.makeIdle(1, 1, named("a"));
  CHECK(pool.log.find({0, 1})->placements.front().remembers_all);
  pool.makeIdle(2, 2, named("b"));
  CHECK(!pool.log.find({0, 2})->placements.front().remembers_all);
}

TEST_CASE("what was read does not change any more") {
  ToldPool pool;
  pool.arrive(1, named("a"));
  const auto before = pool.log.find({0, 1});
  pool.started(1);
  CHECK(!before->placements.front().container->started);
  CHECK(pool.log.find({0, 1})->placements.front().container->started);
}

TEST_CASE("stem cells are counted from their order to their end") {
  PoolConfig config = configOf(1024_MiB);
  config.prewarms = {{kNode, 256_MiB, 2}};
  ToldPool pool(config);
  const auto counts = [&] {
    const StemCells cells = pool.log.stemCells().at(0);
    return std::vector<int>{cells.wanted, cells.starting, cells.ready};
  };
  CHECK(counts() == std::vector<int>{2, 2, 0});
  pool.started(1);
  pool.started(2);
  CHECK(counts() == std::vector<int>{2, 0, 2});
  pool.arrive(1, named("a"));  // Takes one, which is replaced.
  CHECK(counts() == std::vector<int>{2, 1, 1});
  pool.handle(event::StartFailed{{3}, {}});  // And started again.
  CHECK(counts() == std::vector<int>{2, 1, 1});
  pool.handle(event::ContainerDied{{2}});
  CHECK(counts()[2] == 0);
}

TEST_CASE("the longest wait is that of the oldest that waits") {
  ToldPool pool(configOf(256_MiB));
  pool.arrive(1, named("a"));
  CHECK(!pool.log.oldestWaiting());
  const TimePoint first = pool.now += 1s;
  pool.arrive(2, named("a"));
  pool.now += 1s;
  pool.arrive(3, named("a"));
  CHECK(pool.log.oldestWaiting() == first);
  pool.started(1);
  pool.initialized(1);
  pool.completed(1, 1);
  CHECK(pool.log.oldestWaiting() == first + 1s);
  pool.completed(1, 2);
  CHECK(!pool.log.oldestWaiting());
}

TEST_CASE("containers are remembered with their address and age until they are gone") {
  ToldPool pool;
  pool.makeIdle(1, 1, named("a"));
  REQUIRE(pool.log.containers().size() == 1);
  CHECK(pool.log.containers()[0].address == "host:1");
  CHECK(pool.log.containers()[0].created == at(1h));
  pool.handle(event::ContainerDied{{1}});
  CHECK(pool.log.containers()[0].removal->cause == RemovalCause::Died);
  pool.removed(1);
  CHECK(pool.log.containers().empty());
}

}  // namespace
}  // namespace owpool::daemon
