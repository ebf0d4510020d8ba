// Which of the options are the pool's.
#ifndef OWPOOLD_CONFIG_POOL_OPTIONS_H_
#define OWPOOLD_CONFIG_POOL_OPTIONS_H_

#include "owpool/pool_config.h"
#include "owpoold/config/manifest.h"
#include "owpoold/config/options.h"

namespace owpool::daemon {

PoolConfig poolConfig(const Options& options, const Manifest& manifest);

}  // namespace owpool::daemon

#endif  // OWPOOLD_CONFIG_POOL_OPTIONS_H_
