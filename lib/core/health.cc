#include "owpool/health.h"

namespace owpool {

bool HealthTracker::becomesUnhealthy(ProbeResult result, const HealthConfig& config) {
  if (result == ProbeResult::Reachable) {
    failure_count_ = 0;
    return false;
  }
  ++failure_count_;
  return failure_count_ == config.failures_max;
}

}  // namespace owpool
