#include "owpoold/operation/activation_metrics.h"

namespace owpool::daemon {
namespace {

constexpr std::array<double, 6> kBytesBounds = {256, 1024, 4096, 16384, 131072, 1048576};

bool isColdStart(const ActivationOutcome& outcome) { return outcome.init.has_value(); }

}  // namespace

ActionCounts::ActionCounts() : response_bytes(kBytesBounds) {}

void ActivationMetrics::count(const CountedAction& action, const ActivationOutcome& outcome) {
  const std::lock_guard lock(mutex_);
  ++counts_.by_status[static_cast<std::size_t>(outcome.response.status)];
  if (outcome.start) counts_.wait.add(outcome.wait);
  if (outcome.init) counts_.init.add(*outcome.init);
  if (outcome.run) counts_.run.add(*outcome.run);
  if (detail_ == Detail::ByAction) countByAction(action, outcome);
}

// Which of these are counted for which activation is as in OpenWhisk's PrometheusRecorder.
void ActivationMetrics::countByAction(const CountedAction& action,
                                      const ActivationOutcome& outcome) {
  std::tuple key(action.owner_namespace, action.path, action.initiator);
  auto& all = counts_.by_action;
  if (all.find(key) == all.end() && all.size() >= kActionsMax) {
    key = std::tuple(kOtherActions, kOtherActions, kOtherActions);
  }
  const auto [found, is_new] = all.try_emplace(std::move(key));
  ActionCounts& counts = found->second;
  if (is_new) {
    counts.kind = action.kind;
    counts.memory_mb = action.memory_mb;
  }
  ++counts.by_status[static_cast<std::size_t>(outcome.response.status)];
  counts.wait.add(outcome.wait);
  counts.duration.add(outcome.init.value_or(Duration::zero()) +
                      outcome.run.value_or(Duration::zero()));
  counts.response_bytes.add(static_cast<double>(outcome.response.result.size()));
  if (!isColdStart(outcome)) return;
  ++counts.cold_starts;
  counts.init.add(*outcome.init);
}

void ActivationMetrics::countUnrecorded() {
  const std::lock_guard lock(mutex_);
  ++counts_.unrecorded_total;
  last_record_failed_ = true;
}

void ActivationMetrics::recordsAreWritten() {
  const std::lock_guard lock(mutex_);
  last_record_failed_ = false;
}

bool ActivationMetrics::lastRecordFailed() const {
  const std::lock_guard lock(mutex_);
  return last_record_failed_;
}

void ActivationMetrics::countThrottled(Throttled::Limit limit) {
  std::lock_guard lock(mutex_);
  ++counts_.throttled[static_cast<std::size_t>(limit)];
}

ActivationCounts ActivationMetrics::counts() const {
  const std::lock_guard lock(mutex_);
  return counts_;
}

}  // namespace owpool::daemon
