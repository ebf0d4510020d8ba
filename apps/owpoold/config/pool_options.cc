#include "owpoold/config/pool_options.h"

namespace owpool::daemon {

PoolConfig poolConfig(const Options& options, const Manifest& manifest) {
  PoolConfig config;
  config.user_memory = options.user_memory;
  config.prewarms = manifest.prewarms();
  config.pause_grace = options.pause_grace;
  config.idle_timeout = options.idle_timeout;
  config.memory_accounting = {options.memory_release, options.prewarm_accounting};
  config.prewarm_check_interval = options.prewarm_check_interval;
  config.queue_discipline = options.queue_discipline;
  config.blocking_priority = options.blocking_priority;
  config.buffer_count_max = options.buffer_max;
  config.starts_in_flight_max = options.starts_in_flight_max;
  config.reschedules_max = options.reschedules_max;
  return config;
}

}  // namespace owpool::daemon
