// What an outside project does to test how it drives a pool: one thread, a clock that
// stands, and containers that exist in memory only.
#include <iostream>
#include <memory>

#include "owpool/pool_driver.h"
#include "owpool/testing/fake_container_factory.h"
#include "owpool/testing/manual_clock.h"
#include "owpool/testing/queue_executor.h"

int main() {
  owpool::testing::FakeContainerFactory factory;
  owpool::testing::ManualClock clock;
  owpool::testing::QueueExecutor executor;
  owpool::PoolDriver driver(*owpool::Pool::create({}), {factory, clock, executor});

  auto hello = std::make_shared<owpool::Action>();
  hello->key = owpool::ActionKey("guest", "guest/hello", "1");
  hello->runtime = {"nodejs:20", "node"};
  driver.submit({{{0, 1}, hello}, R"({"name":"owpool"})", {}},
                [](const owpool::ActivationOutcome& outcome) {
                  std::cout << startKindName(outcome.start.value()) << " "
                            << outcome.response.result << "\n";
                });
  executor.runAll();
  driver.beginShutDown(std::chrono::seconds(1));
  executor.runAll();
  std::cout << (driver.isShutDown() ? "shut down" : "not shut down") << ", "
            << factory.living().size() << " left\n";
}
