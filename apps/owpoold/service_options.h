// What the parts of the daemon are told of the options, each in its own words. Pure.
#ifndef OWPOOLD_SERVICE_OPTIONS_H_
#define OWPOOLD_SERVICE_OPTIONS_H_

#include "owpoold/access/invocation_throttle.h"
#include "owpoold/api/action_input.h"
#include "owpoold/config/options.h"
#include "owpoold/records/store.h"

namespace owpool::daemon {

InvocationLimits invocationLimits(const Options& options);
Retention retention(const Options& options);
LimitRanges limitRanges(const Options& options);

// A thread for each activation that the containers can run at once, and for what is
// done to containers beside running them. They are started as they are needed.
int executorThreads(const PoolConfig& config, int concurrency_max);

}  // namespace owpool::daemon

#endif  // OWPOOLD_SERVICE_OPTIONS_H_
