#ifndef OWPOOL_TESTING_QUEUE_EXECUTOR_H_
#define OWPOOL_TESTING_QUEUE_EXECUTOR_H_

#include <cstddef>
#include <deque>
#include <utility>

#include "owpool/runtime.h"

namespace owpool::testing {

// Runs tasks only when told to, in an order the test chooses. With it and a
// ManualClock a whole PoolDriver is deterministic on one thread. Not thread-safe.
class QueueExecutor final : public Executor {
 public:
  void post(absl::AnyInvocable<void()> task) override { tasks_.push_back(std::move(task)); }

  std::size_t pending() const { return tasks_.size(); }
  // Runs the task at "index" of those pending, the oldest first. REQUIRES: index < pending().
  void runOne(std::size_t index = 0);
  // Until none is pending, those that the tasks post included.
  void runAll();

 private:
  std::deque<absl::AnyInvocable<void()>> tasks_;
};

}  // namespace owpool::testing

#endif  // OWPOOL_TESTING_QUEUE_EXECUTOR_H_
