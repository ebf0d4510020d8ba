#ifndef OWPOOLD_OPERATION_METRICS_TEXT_H_
#define OWPOOLD_OPERATION_METRICS_TEXT_H_

#include <cstdint>
#include <optional>
#include <string>

#include "owpool/pool.h"
#include "owpoold/operation/activation_metrics.h"
#include "owpoold/operation/process_usage.h"

namespace owpool::daemon {

// Everything that /metrics tells, at one moment.
struct Measurements {
  PoolStats pool;
  ByteSize user_memory_limit;
  TimePoint now;  // On the pool's clock.
  ActivationCounts activations;
  std::optional<ProcessUsage> process;
  double monitor_turned = 0;  // Unix time, in seconds, of the monitor's last turn.
  std::uint64_t log_lines_dropped = 0;
};

// Prometheus' text format 0.0.4. Pure.
std::string metricsText(const Measurements& measurements);

// The names that OpenWhisk's dashboards ask for: those of its user-events service by
// action, and those of its invoker's ContainerPool as Kamon writes them. In the same
// format, to be added to the above. Pure.
std::string openwhiskMetricsText(const Measurements& measurements);

}  // namespace owpool::daemon

#endif  // OWPOOLD_OPERATION_METRICS_TEXT_H_
