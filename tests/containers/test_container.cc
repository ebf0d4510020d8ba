#include "tests/containers/test_container.h"

#include <catch2/catch.hpp>
#include <thread>
#include <utility>

namespace owpool::container_test {
namespace {

std::atomic<int> next_name{1};

}  // namespace

TestContainer::~TestContainer() {
  if (container) (void)container->destroy(std::chrono::seconds(10));
}

ActivationResponse TestContainer::init() {
  return container->initialize({action, {}, std::chrono::seconds(20)}).response;
}

ActivationResponse TestContainer::run(const std::string& parameters, Duration timeout) {
  return container->run({action, parameters, {}, timeout}).response;
}

std::vector<std::string> TestContainer::logs(bool* complete) {
  const ActivationLogs logs = container->collectLogs({action->log_limit, true});
  if (complete != nullptr) *complete = logs.complete;
  std::vector<std::string> lines;
  for (const LogLine& line : logs.lines) {
    lines.push_back((line.stream == LogStream::Stdout ? "out:" : "err:") + line.text);
  }
  return lines;
}

absl::StatusOr<TestContainer> create(ContainerFactory& factory, const TestAction& wanted,
                                     const std::string& name) {
  auto action = std::make_shared<Action>();
  action->key = ActionKey("guest", "guest/test", "1");
  action->runtime = RuntimeKind{"test:1", wanted.image};
  action->memory = wanted.memory;
  action->log_limit = wanted.log_limit;
  action->concurrency_max = wanted.concurrency_max;
  action->code.text = wanted.code;
  TestContainer result;
  result.action = action;
  result.deaths = std::make_shared<std::atomic<int>>(0);
  StartRequest request;
  request.name = name.empty() ? "test_" + std::to_string(next_name++) : name;
  request.runtime = action->runtime;
  request.memory = action->memory;
  request.action = action;
  request.timeout = std::chrono::seconds(20);
  request.on_death = [deaths = result.deaths] { ++*deaths; };
  auto container = factory.create(std::move(request));
  if (!container.ok()) return container.status();
  result.container = *std::move(container);
  return result;
}

TestContainer warm(ContainerFactory& factory, const TestAction& action) {
  auto container = create(factory, action);
  INFO(container.status().ToString());
  REQUIRE(container.ok());
  const ActivationResponse response = container->init();
  INFO(response.result);
  REQUIRE(response.status == ActivationStatus::Success);
  return *std::move(container);
}

bool eventually(const std::function<bool()>& condition, Duration within) {
  const auto end = std::chrono::steady_clock::now() + within;
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

}  // namespace owpool::container_test
