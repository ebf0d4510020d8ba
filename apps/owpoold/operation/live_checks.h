// What the monitor looks at, turn by turn, for /livez and /readyz.
#ifndef OWPOOLD_OPERATION_LIVE_CHECKS_H_
#define OWPOOLD_OPERATION_LIVE_CHECKS_H_

#include <optional>
#include <string>
#include <vector>

#include "owpool/pool_driver.h"
#include "owpoold/config/manifest.h"
#include "owpoold/operation/activation_metrics.h"
#include "owpoold/operation/health_board.h"
#include "owpoold/operation/monitor.h"
#include "owpoold/records/store.h"

namespace owpool::daemon {

// All of the daemon's, those included that it keeps itself: "listening" (not yet) and
// "shutdown" (not yet).
HealthBoard newHealthBoard();

struct LiveCheckDeps {
  const PoolDriver& driver;
  const MonotonicClock& clock;
  const Manifest& manifest;
  Store& store;
  ActivationMetrics& metrics;
  std::string state_dir;
  std::string engine;  // The address of the container engine; empty: containers are processes.
};
std::vector<Monitor::Check> liveChecks(const LiveCheckDeps& deps);

// ---- The checks. Each says what is wrong, or nothing.

// What falls due is done: the pool's next deadline is not long past. Pure.
std::string deadlinesProblem(std::optional<TimePoint> next_deadline, TimePoint now);

// At least one kind's program is there. Of an engine's containers engineProblem() is asked.
std::string kindsProblem(const Manifest& manifest);

// Records can be written: there is space, and the last one was written. If it was not, this
// tries whether one could be now.
std::string recordsProblem(const std::string& state_dir, ActivationMetrics& metrics,
                           Store& store);

}  // namespace owpool::daemon

#endif  // OWPOOLD_OPERATION_LIVE_CHECKS_H_
