#include "owpool/pool_config.h"

#include <fmt/format.h>

#include <cstddef>
#include <string>
#include <string_view>

namespace owpool {
namespace {

// Collects the first broken rule.
class Rules {
 public:
  void require(bool holds, std::string_view field, std::string_view rule) {
    if (!holds && status_.ok()) {
      status_ = absl::InvalidArgumentError(fmt::format("PoolConfig.{}: {}", field, rule));
    }
  }
  void requirePositive(Duration value, std::string_view field) {
    require(value > Duration::zero(), field, "must be greater than 0");
  }
  void requireBackoff(const Backoff& backoff, std::string_view field) {
    requirePositive(backoff.first, fmt::format("{}.first", field));
    require(backoff.max >= backoff.first, fmt::format("{}.max", field),
            "must not be less than .first");
  }
  const absl::Status& status() const { return status_; }

 private:
  absl::Status status_;
};

void requireCount(int count, std::string_view field, Rules& rules) {
  rules.require(count >= 0 && count <= kPrewarmCountMax, field,
                fmt::format("must be from 0 to {}", kPrewarmCountMax));
}

void checkReactive(const ReactivePrewarm& reactive, const std::string& field, Rules& rules) {
  requireCount(reactive.count_min, field + ".count_min", rules);
  requireCount(reactive.count_max, field + ".count_max", rules);
  rules.require(reactive.count_max >= 1, field + ".count_max", "must be at least 1");
  rules.require(reactive.count_min <= reactive.count_max, field + ".count_min",
                "must not exceed .count_max");
  rules.requirePositive(reactive.time_to_live, field + ".time_to_live");
  rules.require(reactive.threshold >= 1, field + ".threshold", "must be at least 1");
  rules.require(reactive.increment >= 1, field + ".increment", "must be at least 1");
  rules.require(reactive.increment <= reactive.count_max, field + ".increment",
                "must not exceed .count_max");
}

void checkPrewarms(const std::vector<PrewarmConfig>& prewarms, Rules& rules) {
  for (std::size_t i = 0; i < prewarms.size(); ++i) {
    const PrewarmConfig& prewarm = prewarms[i];
    const std::string field = fmt::format("prewarms[{}]", i);
    rules.require(prewarm.memory > ByteSize(), field + ".memory", "must be greater than 0");
    requireCount(prewarm.count, field + ".count", rules);
    if (prewarm.reactive) checkReactive(*prewarm.reactive, field + ".reactive", rules);
    for (std::size_t j = 0; j < i; ++j) {
      rules.require(prewarms[j].runtime != prewarm.runtime || prewarms[j].memory != prewarm.memory,
                    field, fmt::format("has the kind and memory of prewarms[{}]", j));
    }
  }
}

}  // namespace

absl::Status PoolConfig::validate() const {
  Rules rules;
  rules.require(user_memory > ByteSize(), "user_memory", "must be greater than 0");
  checkPrewarms(prewarms, rules);
  rules.requirePositive(bypass_age_max, "bypass_age_max");
  rules.requirePositive(nonblocking_age_max, "nonblocking_age_max");
  rules.requirePositive(prewarm_check_delay, "prewarm_check_delay");
  rules.requirePositive(prewarm_check_interval, "prewarm_check_interval");
  rules.require(prewarm_expiration_limit >= 1, "prewarm_expiration_limit", "must be at least 1");
  rules.require(prewarm_retries_max >= 0, "prewarm_retries_max", "must not be negative");
  rules.require(!pause_grace || *pause_grace >= Duration::zero(), "pause_grace",
                "must not be negative");
  rules.requirePositive(idle_timeout, "idle_timeout");
  rules.requirePositive(prewarm_health.period, "prewarm_health.period");
  rules.requirePositive(prewarm_health.timeout, "prewarm_health.timeout");
  rules.require(prewarm_health.failures_max >= 1, "prewarm_health.failures_max",
                "must be at least 1");
  rules.requireBackoff(start_backoff, "start_backoff");
  rules.requireBackoff(removal_backoff, "removal_backoff");
  rules.require(feed_credits >= 0, "feed_credits", "must not be negative");
  rules.requirePositive(start_timeout, "start_timeout");
  rules.requirePositive(pause_timeout, "pause_timeout");
  rules.requirePositive(removal_timeout, "removal_timeout");
  rules.requirePositive(call_grace, "call_grace");
  rules.requirePositive(logs_timeout, "logs_timeout");
  rules.require(buffer_count_max >= 0, "buffer_count_max", "must not be negative");
  rules.require(starts_in_flight_max >= 1, "starts_in_flight_max", "must be at least 1");
  rules.require(reschedules_max >= 0, "reschedules_max", "must not be negative");
  rules.require(shutdown_removal_tries_max >= 1, "shutdown_removal_tries_max",
                "must be at least 1");
  rules.requirePositive(waiting_report_interval, "waiting_report_interval");
  return rules.status();
}

}  // namespace owpool
