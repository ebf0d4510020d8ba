#include "owpoold/service_options.h"

#include <algorithm>
#include <chrono>
#include <optional>

namespace owpool::daemon {
namespace {

// Not value_or(), whose result is an int.
std::int64_t limitOrNone(const std::optional<int>& limit) {
  return limit ? *limit : InvocationLimits::kUnlimited;
}

}  // namespace

InvocationLimits invocationLimits(const Options& options) {
  return {limitOrNone(options.concurrent_invocations),
          limitOrNone(options.invocations_per_minute)};
}

Retention retention(const Options& options) {
  return {limitOrNone(options.activations_max),
          options.activations_max_age.value_or(Duration::max())};
}

LimitRanges limitRanges(const Options& options) {
  LimitRanges ranges;
  ranges.concurrency.max = options.action_concurrency_max;
  ranges.memory_mb.max = options.action_memory_max.count() / ByteSize::mebibytes(1).count();
  ranges.timeout_ms.max =
      std::chrono::duration_cast<std::chrono::milliseconds>(options.action_timeout_max).count();
  return ranges;
}

int executorThreads(const PoolConfig& config, int concurrency_max) {
  std::int64_t containers = config.user_memory.count() / ByteSize::mebibytes(128).count();
  for (const PrewarmConfig& prewarm : config.prewarms) {
    containers += std::max(prewarm.count, prewarm.reactive ? prewarm.reactive->count_max : 0);
  }
  return static_cast<int>(std::clamp<std::int64_t>((concurrency_max + 1) * containers + 16, 32,
                                                   4096));
}

}  // namespace owpool::daemon
