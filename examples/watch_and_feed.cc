// A prober, an observer and a feed of one's own, around a driver that runs on this
// thread with made-up containers.
#include <owpool/pool_driver.h>
#include <owpool/testing/fake_container_factory.h>
#include <owpool/testing/manual_clock.h>
#include <owpool/testing/queue_executor.h>

#include <atomic>
#include <deque>
#include <iostream>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <variant>

namespace {

using namespace owpool::literals;
using namespace std::chrono_literals;
namespace effect = owpool::effect;

// Called by several threads at once. A real one would ask the container itself, and
// would be back when "timeout" is over.
class ListProber final : public owpool::HealthProber {
 public:
  owpool::ProbeResult probe(std::string_view address, owpool::Duration) override {
    std::lock_guard lock(mutex_);
    return cut_off_.contains(std::string(address)) ? owpool::ProbeResult::Unreachable
                                                   : owpool::ProbeResult::Reachable;
  }
  void cutOff(std::string address) {
    std::lock_guard lock(mutex_);
    cut_off_.insert(std::move(address));
  }

 private:
  std::mutex mutex_;
  std::set<std::string> cut_off_;
};

// Says why an activation started as it did, and why a container went. It is called
// under the driver's lock: it takes what it needs and returns.
class StoryTeller final : public owpool::PoolObserver {
 public:
  void onEvent(const owpool::Event&, owpool::TimePoint) override {}
  void onEffect(const owpool::Effect& effect, owpool::TimePoint now) override {
    const auto seconds = now.time_since_epoch() / 1s;
    if (const auto* placed = std::get_if<effect::ActivationPlaced>(&effect)) {
      std::cout << seconds << " s: activation " << placed->activation.low << " is placed, "
                << owpool::startKindName(placed->kind) << ", after a wait of "
                << placed->waited / 1s << " s\n";
    } else if (const auto* removed = std::get_if<effect::RemoveContainer>(&effect)) {
      std::cout << seconds << " s: container " << removed->id.value << " goes, "
                << owpool::removalCauseName(removed->cause) << "\n";
    }
  }
};

// Holds back what the pool gave no credit for. One that reads from a queue would have a
// thread of its own for pump(), which grantCredits() wakes: it must not submit itself.
class Backlog final : public owpool::ActivationFeed {
 public:
  void grantCredits(int count) override { credits_ += count; }

  void add(owpool::ActivationRequest request) { waiting_.push_back(std::move(request)); }
  void pump(owpool::PoolDriver& pool) {
    while (credits_ > 0 && !waiting_.empty()) {
      --credits_;  // One credit is one activation; it comes back with the answer.
      pool.submit(std::move(waiting_.front()), [](owpool::ActivationOutcome) {});
      waiting_.pop_front();
    }
  }
  std::size_t waitingCount() const { return waiting_.size(); }

 private:
  std::atomic<int> credits_{0};
  std::deque<owpool::ActivationRequest> waiting_;  // Used by the thread that pumps.
};

}  // namespace

int main() {
  const owpool::RuntimeKind node{"nodejs:20", "node"};
  owpool::PoolConfig config;
  config.prewarms = {{node, 256_MiB, 1}};
  config.prewarm_health.enabled = true;
  config.feed_credits = 2;

  owpool::testing::FakeContainerFactory factory;
  owpool::testing::ManualClock clock;
  owpool::testing::QueueExecutor executor;
  ListProber prober;
  StoryTeller observer;
  Backlog feed;
  owpool::PoolDriver pool(*owpool::Pool::create(config),
                          {factory, clock, executor, &prober, &observer, &feed});
  const auto pass = [&](owpool::Duration time) {
    clock.advance(time);
    pool.advance();
    executor.runAll();
  };
  pass(0s);  // The stem cell starts.

  // It no longer answers: after three probes, one each three seconds, it is replaced.
  prober.cutOff(factory.living().front());
  for (int i = 0; i < 3; ++i) pass(3s);

  // Five activations, two credits: the others stay with the feed until two are answered.
  auto action = std::make_shared<owpool::Action>();
  action->key = owpool::ActionKey("guest", "guest/hello", "1");
  action->runtime = node;
  for (std::uint64_t id = 1; id <= 5; ++id) feed.add({{{0, id}, action}, "{}", {}});
  while (feed.waitingCount() > 0) {
    feed.pump(pool);
    std::cout << feed.waitingCount() << " wait in the feed\n";
    pass(1s);
  }

  pool.beginShutDown(0s);
  executor.runAll();
  std::cout << (pool.isShutDown() ? "all is gone\n" : "something is left\n");
}
