// Stem cells: started up to their configured count, replaced when they are taken
// or fail, with a back-off that keeps failing ones from spinning.
#include <algorithm>

#include "core/pool_impl.h"

namespace owpool {

void Pool::Impl::startMissingPrewarms() {
  for (const PrewarmShortfall& shortfall : backfill(table_, config_.prewarms)) {
    for (std::size_t i = 0; i < config_.prewarms.size(); ++i) {
      const PrewarmConfig& config = config_.prewarms[i];
      if (config.runtime != shortfall.runtime || config.memory != shortfall.memory) continue;
      if (prewarm_failures_[i].not_before > now_) continue;
      for (int missing = shortfall.missing_count; missing > 0; --missing) {
        const ContainerId id = newContainer(config.memory, Starting{config.runtime});
        beginCall(id, Call::Start, config_.start_timeout);
        resetDeadline(id);
        emit(effect::StartContainer{id, StartPurpose::StemCell, config.runtime, config.memory,
                                    nullptr, config_.start_timeout});
      }
    }
  }
}

// The first failure is made good at once; those that follow wait longer each time.
// Who has held out for twice the longest wait starts afresh.
void Pool::Impl::prewarmFailed(const RuntimeKind& runtime, ByteSize memory) {
  const Backoff& backoff = config_.start_backoff;
  for (std::size_t i = 0; i < config_.prewarms.size(); ++i) {
    if (config_.prewarms[i].runtime != runtime || config_.prewarms[i].memory != memory) continue;
    PrewarmFailures& failures = prewarm_failures_[i];
    if (failures.count > 0 && now_ - failures.last > 2 * backoff.max) failures.count = 0;
    Duration wait = failures.count == 0 ? Duration::zero() : backoff.first;
    for (int n = 1; n < failures.count && wait < backoff.max; ++n) wait *= 2;
    ++failures.count;
    failures.last = now_;
    failures.not_before = now_ + std::min(wait, backoff.max);
  }
}

std::optional<TimePoint> Pool::Impl::nextPrewarmAttempt() const {
  if (drain_deadline_) return std::nullopt;
  std::optional<TimePoint> next;
  for (std::size_t i = 0; i < config_.prewarms.size(); ++i) {
    const PrewarmConfig& config = config_.prewarms[i];
    const TimePoint not_before = prewarm_failures_[i].not_before;
    const bool is_missing = table_.prewarmCount(config.runtime, config.memory) < config.count;
    if (is_missing && (!next || not_before < *next)) next = not_before;
  }
  return next;
}

void Pool::Impl::probe(ContainerId id) {
  beginCall(id, Call::Probe, config_.prewarm_health.timeout + config_.call_grace);
  resetDeadline(id);
  emit(effect::ProbeContainer{id, config_.prewarm_health.timeout});
}

void Pool::Impl::on(event::ProbeCompleted event) {
  if (answered(event.id, Call::Probe) == nullptr) return;
  probed(event.id, event.result);
}

void Pool::Impl::probed(ContainerId id, ProbeResult result) {
  Record& record = recordOf(id);
  const ContainerData data = containerOf(id);
  if (record.health.becomesUnhealthy(result, config_.prewarm_health)) {
    orderRemoval(id, RemovalCause::Unhealthy);
    prewarmFailed(std::get<Prewarmed>(data.state).runtime, data.memory);
    return;
  }
  record.next_probe = now_ + config_.prewarm_health.period;
  resetDeadline(id);
}

}  // namespace owpool
