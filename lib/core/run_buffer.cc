#include "core/run_buffer.h"

#include <algorithm>

#include "core/assert.h"
#include "core/later.h"

namespace owpool::internal {

RunBuffer::RunBuffer(const PoolConfig& config)
    : priority_(config.blocking_priority),
      nonblocking_age_max_(config.nonblocking_age_max),
      knows_actions_(config.queue_discipline == QueueDiscipline::WarmBypass) {}

void RunBuffer::insert(const Activation& activation, Order order, TimePoint arrived) {
  queueOf(activation.mode).emplace(order, Entry{activation.id, arrived});
  if (knows_actions_) by_action_[activation.action].emplace(order, activation.id);
  memory_ += activation.action->memory;
}

void RunBuffer::erase(const Activation& activation, Order order) {
  const std::size_t erased = queueOf(activation.mode).erase(order);
  OWPOOL_ASSERT(erased == 1);
  memory_ -= activation.action->memory;
  if (!knows_actions_) return;
  const auto waiting = by_action_.find(activation.action->key);
  OWPOOL_ASSERT(waiting != by_action_.end());
  waiting->second.erase(order);
  if (waiting->second.empty()) by_action_.erase(waiting);
}

bool RunBuffer::hasAged(const Entry& entry, TimePoint now) const {
  return now - entry.arrived >= nonblocking_age_max_;
}

std::optional<ActivationId> RunBuffer::head(TimePoint now) const {
  const auto& [blocking, nonblocking] = queues_;
  if (blocking.empty() && nonblocking.empty()) return std::nullopt;
  if (nonblocking.empty()) return blocking.begin()->second.id;
  const auto& [order, entry] = *nonblocking.begin();
  const bool yields = priority_ == BlockingPriority::BlockingFirst && !hasAged(entry, now);
  if (blocking.empty() || (!yields && order < blocking.begin()->first)) return entry.id;
  return blocking.begin()->second.id;
}

bool RunBuffer::wouldBeHead(InvocationMode mode, TimePoint now) const {
  if (empty()) return true;
  const auto& [blocking, nonblocking] = queues_;
  return priority_ == BlockingPriority::BlockingFirst && mode == InvocationMode::Blocking &&
         blocking.empty() && !hasAged(nonblocking.begin()->second, now);
}

std::optional<TimePoint> RunBuffer::nextChange(TimePoint now) const {
  const auto& [blocking, nonblocking] = queues_;
  if (priority_ == BlockingPriority::None || blocking.empty() || nonblocking.empty()) {
    return std::nullopt;
  }
  const auto& [order, entry] = *nonblocking.begin();
  if (hasAged(entry, now) || order > blocking.begin()->first) return std::nullopt;
  return later(entry.arrived, nonblocking_age_max_);
}

std::optional<ActivationId> RunBuffer::firstOf(const ActionKey& key) const {
  OWPOOL_ASSERT(knows_actions_);
  const auto waiting = by_action_.find(key);
  if (waiting == by_action_.end()) return std::nullopt;
  return waiting->second.begin()->second;
}

std::optional<TimePoint> RunBuffer::oldestArrival() const {
  std::optional<TimePoint> oldest;
  for (const Queue& queue : queues_) {
    if (queue.empty()) continue;
    const TimePoint arrived = queue.begin()->second.arrived;
    oldest = oldest ? std::min(*oldest, arrived) : arrived;
  }
  return oldest;
}

std::vector<ActivationId> RunBuffer::all() const {
  std::vector<ActivationId> ids;
  for (const Queue& queue : queues_) {
    for (const auto& [order, entry] : queue) ids.push_back(entry.id);
  }
  return ids;
}

}  // namespace owpool::internal
