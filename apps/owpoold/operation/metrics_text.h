#ifndef OWPOOLD_OPERATION_METRICS_TEXT_H_
#define OWPOOLD_OPERATION_METRICS_TEXT_H_

#include <string>

#include "owpool/pool.h"
#include "owpoold/operation/activation_metrics.h"

namespace owpool::daemon {

// Prometheus' text format 0.0.4. Pure.
std::string metricsText(const PoolStats& stats, ByteSize user_memory_limit,
                        const ActivationCounts& counts);

}  // namespace owpool::daemon

#endif  // OWPOOLD_OPERATION_METRICS_TEXT_H_
