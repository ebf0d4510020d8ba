// A factory of process containers in a directory of its own.
#ifndef OWPOOL_TESTS_PROCESS_PROCESS_FIXTURE_H_
#define OWPOOL_TESTS_PROCESS_PROCESS_FIXTURE_H_

#include <string>
#include <vector>

#include "owpool/process.h"
#include "tests/containers/test_container.h"

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

using container_test::create;
using container_test::eventually;
using container_test::TestAction;
using container_test::TestContainer;
using container_test::warm;

// Process numbers of those that have "text" in their environment.
std::vector<int> processesWith(const std::string& text);
// The main process of the container whose address this is.
int processOf(const std::string& address);

}  // namespace owpool::process_test

#endif  // OWPOOL_TESTS_PROCESS_PROCESS_FIXTURE_H_
