// How to test decisions of your own that are built on owpool's: as functions of a
// ContainerTable, and around a PoolDriver that runs on one thread, in an order and at a
// time that the test chooses. No test framework is needed, none is in the way.
#include <owpool/pool_driver.h>
#include <owpool/scheduling.h>
#include <owpool/testing/fake_container_factory.h>
#include <owpool/testing/manual_clock.h>
#include <owpool/testing/queue_executor.h>

#include <iostream>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace {

using namespace owpool::literals;
using namespace std::chrono_literals;
using owpool::ByteSize;
using owpool::ContainerId;
using owpool::ContainerTable;

// ---- What is tested: three policies, and a caller of the driver.

// The containers to remove now, so that "reserve" is free for whoever comes next and no
// cold start has to wait for a removal. What is being removed already is as good as free:
// without that, each call would evict for the same memory again.
std::vector<ContainerId> evictForReserve(const ContainerTable& table, ByteSize capacity,
                                         ByteSize reserve) {
  constexpr owpool::MemoryAccounting kSoon{owpool::MemoryRelease::WhenRemovalStarts,
                                           owpool::PrewarmAccounting::Separate};
  if (owpool::hasPoolSpaceFor(table, reserve, capacity, kSoon)) return {};
  return owpool::remove(table, owpool::memoryConsumptionOf(table, kSoon) + reserve - capacity);
}

// True iff an activation of "action" would neither wait nor evict.
bool canStartNow(const ContainerTable& table, const owpool::Action& action, ByteSize capacity) {
  return owpool::schedule(table, action.key).has_value() ||
         owpool::hasPoolSpaceFor(table, action.memory, capacity);
}

// What to tell a load balancer: every stem cell is there or on its way.
bool isStocked(const ContainerTable& table, std::span<const owpool::PrewarmConfig> configs) {
  return owpool::backfill(table, configs).empty();
}

// Invokes an action, and once more if the first time it was our fault.
class Retrying {
 public:
  explicit Retrying(owpool::PoolDriver& pool) : pool_(pool) {}

  void invoke(owpool::ActionPtr action, owpool::PoolDriver::OnOutcome on_outcome, int tries = 2) {
    owpool::ActivationRequest request{{{0, ++last_id_}, action}, "{}", {}};
    pool_.submit(std::move(request), [this, action, tries, on_outcome = std::move(on_outcome)](
                                         owpool::ActivationOutcome outcome) mutable {
      const bool was_ours = outcome.response.status == owpool::ActivationStatus::WhiskError;
      if (was_ours && tries > 1) {
        invoke(std::move(action), std::move(on_outcome), tries - 1);
      } else {
        on_outcome(std::move(outcome));
      }
    });
  }

 private:
  owpool::PoolDriver& pool_;
  std::uint64_t last_id_ = 0;
};

// ---- The tests

int failure_count = 0;

void expect(bool holds, const char* what) {
  std::cout << (holds ? "ok      " : "BROKEN  ") << what << "\n";
  if (!holds) ++failure_count;
}

owpool::ActionPtr actionOf(const char* name, ByteSize memory = 256_MiB) {
  owpool::Action action;
  action.key = owpool::ActionKey("guest", name, "1");
  action.runtime = {"nodejs:20", "node"};
  action.memory = memory;
  return std::make_shared<const owpool::Action>(std::move(action));
}

owpool::Warmed warm(owpool::ActionPtr action, owpool::Duration last_used, int active_count) {
  return {std::move(action), active_count, owpool::TimePoint(last_used),
          active_count > 0 ? owpool::WarmPhase::Running : owpool::WarmPhase::Ready};
}

// A table is a value: what a pool would have after an hour is written down in four lines.
//   1  256 MiB  hello,  idle since 20 s
//   2  256 MiB  resize, idle since 10 s
//   3  256 MiB  resize, running
//   4  256 MiB  a stem cell, beside user memory
ContainerTable someContainers() {
  ContainerTable table;
  table.add({{1}, 256_MiB, warm(actionOf("hello"), 20s, 0)});
  table.add({{2}, 256_MiB, warm(actionOf("resize"), 10s, 0)});
  table.add({{3}, 256_MiB, warm(actionOf("resize"), 30s, 1)});
  table.add({{4}, 256_MiB, owpool::Prewarmed{{"nodejs:20", "node"}}});
  return table;
}

void testReserve() {
  ContainerTable table = someContainers();
  expect(evictForReserve(table, 1024_MiB, 256_MiB).empty(),
         "memory that is free is not evicted for");
  expect(evictForReserve(table, 768_MiB, 256_MiB) == std::vector<ContainerId>{{2}},
         "the container that is idle longest goes first");
  expect(evictForReserve(table, 768_MiB, 512_MiB) == std::vector<ContainerId>{{2}, {1}},
         "as many go as the reserve needs");
  expect(evictForReserve(table, 768_MiB, 768_MiB).empty(),
         "none goes in vain, if all of them would not be enough");
  table.update({2}, owpool::Removing{});
  expect(evictForReserve(table, 768_MiB, 256_MiB).empty(),
         "what is on its way out is not evicted for twice");
}

void testPlacement() {
  const ContainerTable table = someContainers();
  expect(canStartNow(table, *actionOf("hello"), 768_MiB), "an idle warm container can start now");
  expect(!canStartNow(table, *actionOf("other"), 768_MiB), "a full pool cannot start a stranger");
  expect(canStartNow(table, *actionOf("other"), 1024_MiB), "a pool with room can");
}

void testStock() {
  ContainerTable table = someContainers();
  const std::vector<owpool::PrewarmConfig> configs{{{"nodejs:20", "node"}, 256_MiB, 1}};
  expect(isStocked(table, configs), "a stem cell that is there is not missing");
  table.update({4}, warm(actionOf("hello"), 40s, 1));
  expect(!isStocked(table, configs), "one that was taken is");
  table.add({{5}, 256_MiB, owpool::Starting{{"nodejs:20", "node"}}});
  expect(isStocked(table, configs), "one that is being started is not");
}

// A whole driver on this thread. Nothing happens between two steps.
struct DriverUnderTest {
  DriverUnderTest() : pool(*owpool::Pool::create({}), {factory, clock, executor}) {}
  ~DriverUnderTest() {
    pool.beginShutDown(0s);
    executor.runAll();
  }

  owpool::testing::FakeContainerFactory factory;
  owpool::testing::ManualClock clock;
  owpool::testing::QueueExecutor executor;
  owpool::PoolDriver pool;
};

void testRetry() {
  DriverUnderTest t;
  int run_count = 0;
  t.factory.setRun([&](const owpool::RunRequest&) -> owpool::RunResult {
    if (++run_count > 1) return {true, {owpool::ActivationStatus::Success, R"({"n":1})"}};
    return {true, owpool::errorResponse(owpool::ActivationStatus::WhiskError, "a bad day")};
  });
  std::optional<owpool::ActivationOutcome> outcome;
  Retrying retrying(t.pool);
  retrying.invoke(actionOf("hello"), [&](owpool::ActivationOutcome o) { outcome = std::move(o); });
  expect(!outcome.has_value(), "nothing is answered before something runs");
  t.executor.runAll();
  expect(outcome && outcome->response.result == R"({"n":1})", "an error of ours is tried again");
  expect(t.factory.createdCount() == 2, "the second time in another container");
}

void testTime() {
  DriverUnderTest t;
  Retrying retrying(t.pool);
  retrying.invoke(actionOf("hello"), [](owpool::ActivationOutcome) {});
  t.executor.runAll();
  t.clock.advance(9min + 59s);
  t.pool.advance();
  t.executor.runAll();
  expect(t.factory.living().size() == 1, "a container is kept while it may be needed again");
  t.clock.advance(1s);
  t.pool.advance();
  t.executor.runAll();
  expect(t.factory.living().empty(), "after ten minutes without work it goes");
}

}  // namespace

int main() {
  testReserve();
  testPlacement();
  testStock();
  testRetry();
  testTime();
  return failure_count == 0 ? 0 : 1;
}
