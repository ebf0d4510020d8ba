// Stem cells: started up to the wanted number, replaced when they are taken or fail,
// with a back-off and a limit that keep failing ones from spinning. The number that
// is wanted of a reactive kind follows demand, from check to check, as OpenWhisk's
// ContainerPool.adjustPrewarmedContainer has it:
//   at first   count
//   at checks  what reactiveCount() says of the cold starts since the last check,
//              after those beyond their time to live were removed
//   between    one that is taken is replaced; one that is lost only down to count_min
#include <algorithm>
#include <utility>

#include "core/pool_impl.h"

namespace owpool {

using internal::doubled;
using internal::later;
using internal::sum;

std::optional<std::size_t> Pool::Impl::prewarmIndex(const RuntimeKind& runtime,
                                                    ByteSize memory) const {
  for (std::size_t i = 0; i < config_.prewarms.size(); ++i) {
    if (config_.prewarms[i].runtime == runtime && config_.prewarms[i].memory == memory) return i;
  }
  return std::nullopt;
}

// Stem cells that share user memory give way to whoever waits for it.
bool Pool::Impl::mayStartPrewarm(std::size_t index) const {
  if (prewarms_[index].failure_count > config_.prewarm_retries_max) return false;
  if (starts_in_flight_ >= config_.starts_in_flight_max) return false;
  if (config_.memory_accounting.prewarms == PrewarmAccounting::Separate) return true;
  return buffer_.empty() && hasPoolSpaceFor(table_, config_.prewarms[index].memory,
                                            config_.user_memory, config_.memory_accounting);
}

void Pool::Impl::startMissingPrewarms() {
  for (std::size_t i = 0; i < config_.prewarms.size(); ++i) {
    const PrewarmConfig& config = prewarms_[i].wanted;
    for (const PrewarmShortfall& shortfall : backfill(table_, {&config, 1})) {
      for (int missing = shortfall.missing_count; missing > 0; --missing) {
        if (prewarms_[i].not_before > now_ || !mayStartPrewarm(i)) break;
        const ContainerId id = newContainer(config.memory, Starting{config.runtime});
        beginCall(id, Call::Start, config_.start_timeout);
        resetDeadline(id);
        emit(effect::StartContainer{id, StartPurpose::StemCell, config.runtime, config.memory,
                                    nullptr, config_.start_timeout});
      }
    }
  }
}

std::optional<TimePoint> Pool::Impl::nextPrewarmAttempt() const {
  if (drain_deadline_) return std::nullopt;
  std::optional<TimePoint> next;
  for (std::size_t i = 0; i < config_.prewarms.size(); ++i) {
    const PrewarmConfig& config = config_.prewarms[i];
    const TimePoint not_before = prewarms_[i].not_before;
    const bool is_missing =
        table_.prewarmCount(config.runtime, config.memory) < prewarms_[i].wanted.count;
    if (is_missing && mayStartPrewarm(i) && (!next || not_before < *next)) next = not_before;
  }
  return next;
}

// The first failure is made good at once; those that follow wait longer each time. One
// that was there before the last failure does not count: many that end at once, as when
// an engine restarts, are one failure. Who has held out for twice the longest wait
// starts afresh.
void Pool::Impl::prewarmFailed(const RuntimeKind& runtime, ByteSize memory, TimePoint created) {
  const auto index = prewarmIndex(runtime, memory);
  if (!index) return;
  PrewarmRecord& prewarm = prewarms_[*index];
  if (const auto& reactive = config_.prewarms[*index].reactive) {
    prewarm.wanted.count =
        std::min(prewarm.wanted.count, std::max(prewarm.wanted.count - 1, reactive->count_min));
  }
  const Backoff& backoff = config_.start_backoff;
  if (now_ >= later(prewarm.last_failure, sum(backoff.max, backoff.max))) prewarm.failure_count = 0;
  if (prewarm.failure_count > 0 && created < prewarm.last_failure) return;
  const Duration wait = prewarm.failure_count == 0
                            ? Duration::zero()
                            : doubled(backoff.first, prewarm.failure_count - 1, backoff.max);
  ++prewarm.failure_count;
  prewarm.last_failure = now_;
  prewarm.not_before = later(now_, wait);
}

// ---- Reactive stem cells

void Pool::Impl::countColdStart(const Action& action) {
  if (const auto index = prewarmIndex(action.runtime, action.memory)) {
    ++prewarms_[*index].cold_start_count;
  }
}

std::optional<TimePoint> Pool::Impl::expiryOf(const Starting& starting, ContainerId id) const {
  const auto index = prewarmIndex(starting.runtime, containerOf(id).memory);
  if (!index || !config_.prewarms[*index].reactive) return std::nullopt;
  return later(now_, config_.prewarms[*index].reactive->time_to_live);
}

void Pool::Impl::checkPrewarms() {
  next_prewarm_check_ = later(now_, config_.prewarm_check_interval);
  const std::vector<int> expired = expirePrewarms();
  for (std::size_t i = 0; i < config_.prewarms.size(); ++i) {
    const PrewarmConfig& config = config_.prewarms[i];
    PrewarmRecord& prewarm = prewarms_[i];
    const int wanted_before = prewarm.wanted.count;
    if (config.reactive) {
      prewarm.wanted.count = reactiveCount(*config.reactive, prewarm.cold_start_count);
    }
    if (prewarm.cold_start_count > 0 || expired[i] > 0 || prewarm.wanted.count != wanted_before) {
      emit(effect::PrewarmsChecked{config.runtime, config.memory, prewarm.cold_start_count,
                                   expired[i], prewarm.wanted.count});
    }
    prewarm.cold_start_count = 0;
    prewarm.failure_count = 0;
    prewarm.not_before = now_;
  }
}

// Those whose time is over, the first to expire first, up to the limit. Linear in
// the stem cells.
std::vector<int> Pool::Impl::expirePrewarms() {
  std::vector<std::pair<TimePoint, ContainerId>> over;
  for (const auto* data = table_.oldestPrewarmed(); data != nullptr;
       data = table_.nextPrewarmed(*data)) {
    const auto expires = std::get<Prewarmed>(data->state).expires;
    if (expires && *expires <= now_) over.push_back({*expires, data->id});
  }
  std::sort(over.begin(), over.end());
  if (over.size() > static_cast<std::size_t>(config_.prewarm_expiration_limit)) {
    over.resize(static_cast<std::size_t>(config_.prewarm_expiration_limit));
  }
  std::vector<int> expired(config_.prewarms.size());
  for (const auto& [expires, id] : over) {
    const ContainerData& data = containerOf(id);
    const auto index = prewarmIndex(std::get<Prewarmed>(data.state).runtime, data.memory);
    ++expired[*index];
    orderRemoval(id, RemovalCause::Expired);
  }
  return expired;
}

// ---- Probes

void Pool::Impl::probe(ContainerId id) {
  beginCall(id, Call::Probe, sum(config_.prewarm_health.timeout, config_.call_grace));
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
    const TimePoint created = record.created;
    orderRemoval(id, RemovalCause::Unhealthy);
    prewarmFailed(std::get<Prewarmed>(data.state).runtime, data.memory, created);
    return;
  }
  record.next_probe = later(now_, config_.prewarm_health.period);
  resetDeadline(id);
}

}  // namespace owpool
