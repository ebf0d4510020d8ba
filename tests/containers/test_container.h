// Shorthands for what the tests of a factory do with its containers.
#ifndef OWPOOL_TESTS_CONTAINERS_TEST_CONTAINER_H_
#define OWPOOL_TESTS_CONTAINERS_TEST_CONTAINER_H_

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "owpool/container_factory.h"

namespace owpool::container_test {

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
  int concurrency_max = 1;
};

absl::StatusOr<TestContainer> create(ContainerFactory& factory, const TestAction& action,
                                     const std::string& name = "");
// Created and initialised; the test fails if it cannot be had.
TestContainer warm(ContainerFactory& factory, const TestAction& action);

bool eventually(const std::function<bool()>& condition,
                Duration within = std::chrono::seconds(5));

}  // namespace owpool::container_test

#endif  // OWPOOL_TESTS_CONTAINERS_TEST_CONTAINER_H_
