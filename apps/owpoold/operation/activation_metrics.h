// What the daemon counts of the activations that ended.
#ifndef OWPOOLD_OPERATION_ACTIVATION_METRICS_H_
#define OWPOOLD_OPERATION_ACTIVATION_METRICS_H_

#include <array>
#include <cstdint>
#include <mutex>

#include "owpool/pool_driver.h"
#include "owpoold/access/invocation_throttle.h"

namespace owpool::daemon {

// A histogram in the sense of Prometheus: each bucket counts what is not longer
// than its bound; the last is without bound.
struct Histogram {
  static constexpr std::array<double, 17> kBounds = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                                     0.075, 0.1,    0.25,  0.5,  0.75,  1,
                                                     2.5,   5,      7.5,   10,   60};
  std::array<std::uint64_t, kBounds.size() + 1> counts{};  // Not yet summed up.
  double sum = 0;

  void add(Duration duration);
};

// A copy of everything.
struct ActivationCounts {
  std::array<std::uint64_t, 4> by_status{};  // By ActivationStatus.
  std::uint64_t unrecorded_total = 0;        // Records that could not be written.
  std::array<std::uint64_t, 2> throttled{};  // Invocations refused, by Throttled::Limit.
  Histogram wait, init, run;
};

// Thread-safe.
class ActivationMetrics {
 public:
  // REQUIRES: it was not refused.
  void count(const ActivationOutcome& outcome);
  void countUnrecorded();
  void countThrottled(Throttled::Limit limit);
  ActivationCounts counts() const;

 private:
  mutable std::mutex mutex_;
  ActivationCounts counts_;
};

}  // namespace owpool::daemon

#endif  // OWPOOLD_OPERATION_ACTIVATION_METRICS_H_
