// Turns a series of probe results into a verdict. Pure.
#ifndef OWPOOL_HEALTH_H_
#define OWPOOL_HEALTH_H_

#include "owpool/units.h"

namespace owpool {

enum class ProbeResult { Reachable, Unreachable };

// OpenWhisk's ContainerProxyHealthCheckConfig: off by default, 3 s, 3 failures.
struct HealthConfig {
  bool enabled = false;
  Duration period = std::chrono::seconds(3);   // REQUIRES: > 0.
  Duration timeout = std::chrono::seconds(1);  // Of one probe. REQUIRES: > 0.
  int failures_max = 3;  // Consecutive failures at which a container is given up; >= 1.
};

// Counts consecutive failures of one container. Not thread-safe.
class HealthTracker {
 public:
  // True iff this result makes the container unhealthy.
  bool becomesUnhealthy(ProbeResult result, const HealthConfig& config);

 private:
  int failure_count_ = 0;
};

}  // namespace owpool

#endif  // OWPOOL_HEALTH_H_
