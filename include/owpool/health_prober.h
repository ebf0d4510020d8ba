#ifndef OWPOOL_HEALTH_PROBER_H_
#define OWPOOL_HEALTH_PROBER_H_

#include <memory>
#include <string_view>

#include "owpool/health.h"

namespace owpool {

// Asks from outside whether a container can be reached. Called by a PoolDriver on
// its executor, for prewarmed containers only, one probe a container at a time.
// Implementations must be thread-safe.
class HealthProber {
 public:
  virtual ~HealthProber() = default;

  // "address" is Container::address(). Must return within "timeout" plus a small
  // constant; what did not answer by then is Unreachable.
  virtual ProbeResult probe(std::string_view address, Duration timeout) = 0;
};

}  // namespace owpool

#endif  // OWPOOL_HEALTH_PROBER_H_
