#include "owpool/testing/queue_executor.h"

#include "core/assert.h"

namespace owpool::testing {

void QueueExecutor::runOne(std::size_t index) {
  OWPOOL_ASSERT(index < tasks_.size());
  const auto at = tasks_.begin() + static_cast<std::ptrdiff_t>(index);
  absl::AnyInvocable<void()> task = std::move(*at);
  tasks_.erase(at);
  task();
}

void QueueExecutor::runAll() {
  while (!tasks_.empty()) runOne();
}

}  // namespace owpool::testing
