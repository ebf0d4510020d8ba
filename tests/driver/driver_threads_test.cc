// The driver with real threads and the system's clock: what ThreadSanitizer is for.
#include <catch2/catch.hpp>

#include <atomic>
#include <thread>

#include "owpool/pool_driver.h"
#include "owpool/testing/fake_container_factory.h"
#include "tests/core/builders.h"

namespace owpool {
namespace {

using testing::FakeContainerFactory;

TEST_CASE("many threads, few containers, random deaths: all are answered, once") {
  FakeContainerFactory factory;
  const std::unique_ptr<Executor> executor = newThreadPoolExecutor(16);
  PoolConfig config;
  config.user_memory = 1024_MiB;
  config.prewarms = {{kNode, 256_MiB, 1}};
  config.pause_grace = 1ms;
  PoolDriver driver(*Pool::create(config), {factory, systemMonotonicClock(), *executor});
  std::thread server([&] { driver.serveDeadlines(); });

  constexpr int kThreads = 4;
  constexpr int kEach = 300;
  std::atomic<int> outcomes{0};
  std::atomic<int> logs{0};
  const char* codes[] = {"echo", "echo", "echo", "error", "exits", "broken"};
  std::vector<std::thread> clients;
  for (int t = 0; t < kThreads; ++t) {
    clients.emplace_back([&, t] {
      for (int i = 0; i < kEach; ++i) {
        ActionSpec spec;
        spec.name = codes[(t + i) % 6];
        spec.concurrency_max = 1 + i % 3;
        spec.revision = std::to_string(i % 3);
        Action action = *makeAction(spec);
        action.code.text = codes[(t + i) % 6];
        driver.submit({{{static_cast<std::uint64_t>(t), static_cast<std::uint64_t>(i)},
                        std::make_shared<const Action>(std::move(action))},
                       "{}",
                       {}},
                      [&](ActivationOutcome) { ++outcomes; }, [&](ActivationLogs) { ++logs; });
        if (i % 50 == 0) {
          for (const std::string& address : factory.living()) factory.kill(address);
        }
      }
    });
  }
  for (std::thread& client : clients) client.join();
  driver.shutDown(1min);
  server.join();
  CHECK(outcomes == kThreads * kEach);
  CHECK(logs == kThreads * kEach);
  CHECK(factory.living().empty());
}

TEST_CASE("tasks that post while their executor is being destroyed are run and joined") {
  std::atomic<int> runs{0};
  {
    const std::unique_ptr<Executor> executor = newThreadPoolExecutor(2);
    for (int i = 0; i < 100; ++i) {
      executor->post([&, e = executor.get()] { e->post([&] { ++runs; }); });
    }
  }
  CHECK(runs == 100);
}

TEST_CASE("a shutdown does not wait for a run that hangs longer than its drain") {
  FakeContainerFactory factory;
  const std::unique_ptr<Executor> executor = newThreadPoolExecutor(4);
  PoolDriver driver(*Pool::create({}), {factory, systemMonotonicClock(), *executor});
  Action action = *makeAction();
  action.code.text = "hangs";
  std::atomic<int> answered{0};
  driver.submit({{{0, 1}, std::make_shared<const Action>(std::move(action))}, "{}", {}},
                [&](ActivationOutcome outcome) {
                  CHECK(outcome.response.status == ActivationStatus::WhiskError);
                  ++answered;
                });
  driver.shutDown(50ms);
  CHECK(answered == 1);
}

}  // namespace
}  // namespace owpool
