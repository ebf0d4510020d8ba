// A factory of process containers in a directory of its own, and shorthands for what the
// tests do with its containers.
#ifndef OWPOOL_TESTS_PROCESS_PROCESS_FIXTURE_H_
#define OWPOOL_TESTS_PROCESS_PROCESS_FIXTURE_H_

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "owpool/process.h"

namespace owpool::process_test {

// Made new, removed with the object.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// A Python that needs no version manager's environment.
std::string python();
// tests/process/test_runtime.py as image "python", the real runtimes as "python3" and
// "nodejs20".
ProcessFactoryConfig testConfig(const std::string& directory, bool use_cgroups);

// A container with its action, destroyed with the object.
struct TestContainer {
  std::unique_ptr<Container> container;
  std::shared_ptr<std::atomic<int>> deaths;
  ActionPtr action;

  TestContainer() = default;
  TestContainer(TestContainer&&) = default;
  TestContainer& operator=(TestContainer&&) = default;
  ~TestContainer();

  ActivationResponse init();
  ActivationResponse run(const std::string& parameters = "{}",
                         Duration timeout = std::chrono::seconds(20));
  // The texts of the lines, "out:" or "err:" before each.
  std::vector<std::string> logs(bool* complete = nullptr);
};

struct TestAction {
  std::string code;
  ByteSize memory = ByteSize::mebibytes(128);
  ByteSize log_limit = ByteSize::mebibytes(1);
  std::string image = "python";
};

absl::StatusOr<TestContainer> create(ContainerFactory& factory, const TestAction& action,
                                     const std::string& name = "");
// Created and initialised; the test fails if it cannot be had.
TestContainer warm(ContainerFactory& factory, const TestAction& action);

bool eventually(const std::function<bool()>& condition,
                Duration within = std::chrono::seconds(5));

// Process numbers of those that have "text" in their environment.
std::vector<int> processesWith(const std::string& text);
// The main process of the container whose address this is.
int processOf(const std::string& address);

}  // namespace owpool::process_test

#endif  // OWPOOL_TESTS_PROCESS_PROCESS_FIXTURE_H_
