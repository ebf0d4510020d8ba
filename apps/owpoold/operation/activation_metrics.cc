#include "owpoold/operation/activation_metrics.h"

#include <algorithm>
#include <chrono>

namespace owpool::daemon {

void Histogram::add(Duration duration) {
  const double seconds = std::chrono::duration<double>(duration).count();
  const auto bucket = std::lower_bound(kBounds.begin(), kBounds.end(), seconds);
  ++counts[static_cast<std::size_t>(bucket - kBounds.begin())];
  sum += seconds;
}

void ActivationMetrics::count(const ActivationOutcome& outcome) {
  std::lock_guard lock(mutex_);
  ++counts_.by_status[static_cast<std::size_t>(outcome.response.status)];
  if (outcome.start) counts_.wait.add(outcome.wait);
  if (outcome.init) counts_.init.add(*outcome.init);
  if (outcome.run) counts_.run.add(*outcome.run);
}

void ActivationMetrics::countUnrecorded() {
  std::lock_guard lock(mutex_);
  ++counts_.unrecorded_total;
}

void ActivationMetrics::countThrottled(Throttled::Limit limit) {
  std::lock_guard lock(mutex_);
  ++counts_.throttled[static_cast<std::size_t>(limit)];
}

ActivationCounts ActivationMetrics::counts() const {
  std::lock_guard lock(mutex_);
  return counts_;
}

}  // namespace owpool::daemon
