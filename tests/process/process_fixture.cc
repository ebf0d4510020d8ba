#include "tests/process/process_fixture.h"

#include <stdlib.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>
#include <utility>

namespace owpool::process_test {
namespace {

std::string readFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

std::atomic<int> next_name{1};

}  // namespace

TemporaryDirectory::TemporaryDirectory() {
  std::string name = "/tmp/owpool-test-XXXXXX";
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
  path_ = name;
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string python() {
  return ::access("/usr/bin/python3", X_OK) == 0 ? "/usr/bin/python3" : "python3";
}

ProcessFactoryConfig testConfig(const std::string& directory, bool use_cgroups) {
  ProcessFactoryConfig config;
  config.commands["python"] = {python(), OWPOOL_SOURCE_DIR "/tests/process/test_runtime.py"};
  config.commands["python3"] = {python(), OWPOOL_SOURCE_DIR "/runtimes/python3/server.py"};
  config.commands["nodejs20"] = {"node", OWPOOL_SOURCE_DIR "/runtimes/nodejs20/server.js"};
  config.directory = directory;
  config.use_cgroups = use_cgroups;
  return config;
}

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

std::vector<int> processesWith(const std::string& text) {
  std::vector<int> result;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", error)) {
    const std::string name = entry.path().filename().string();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    if (readFile(entry.path() / "environ").find(text) != std::string::npos) {
      result.push_back(std::stoi(name));
    }
  }
  return result;
}

int processOf(const std::string& address) {
  const std::string home = "HOME=" + address.substr(5, address.size() - 5 - 2);
  const std::vector<int> processes = processesWith(home + std::string(1, '\0'));
  return processes.empty() ? 0 : processes.front();
}

}  // namespace owpool::process_test
