// From an arrival to a container.
//
// An activation is placed by the first of these that holds:
//   1. schedule() finds a container of its action with capacity.
//   2. A new container fits into user memory: a stem cell of its kind and exactly
//      its memory is taken (and replaced), else a container is started. (A stem cell
//      that shares user memory fits already.)
//   3. Idle containers, oldest first, are evicted until what is missing will be
//      free; it waits for their removal at the head of the buffer.
// Else it waits for the next change. Only the head of the buffer is tried; with
// QueueDiscipline::WarmBypass others are as far as (1) goes, while the head is young.
#include <algorithm>
#include <utility>

#include "core/pool_impl.h"
#include "core/shared_action.h"

namespace owpool {

using internal::Overloaded;

void Pool::Impl::on(event::ActivationArrived event) {
  Activation& arrived = event.activation;
  OWPOOL_ASSERT(arrived.action != nullptr);
  if (unused_credits_ > 0) --unused_credits_;
  if (activations_.contains(arrived.id)) {
    ++counters_.ignored_events_total;
    return;
  }
  ++counters_.arrived_total;
  if (const auto reason = refusalOf(arrived)) {
    ++counters_.refused_total;
    emit(effect::RefuseActivation{arrived.id, *reason});
    return;
  }
  const ActivationId id = arrived.id;
  ActivationRecord& record = activations_[id];
  record.activation = std::move(arrived);
  record.arrived = now_;
  record.order = ++last_order_;
  const bool is_next = buffer_.wouldBeHead(record.activation.mode, now_);
  const bool may_wait = static_cast<int>(buffer_.size()) < config_.buffer_count_max;
  const Eviction eviction = may_wait ? Eviction::Allowed : Eviction::Forbidden;
  if (is_next && !(record.waited_for = tryPlace(record, eviction))) {
    ++unanswered_count_;
    return;
  }
  const ActionKey& key = record.activation.action->key;
  if (!is_next && mayBypassHead() && !buffer_.firstOf(key) && tryPlaceWarm(record)) {
    ++counters_.bypassed_total;
    ++unanswered_count_;
    return;
  }
  if (!may_wait) {
    ++counters_.refused_total;
    activations_.erase(id);
    emit(effect::RefuseActivation{id, RefusalReason::BufferFull});
    return;
  }
  ++unanswered_count_;
  if (!is_next) record.waited_for = WaitReason::Turn;
  buffer_.insert(record.activation, record.order, record.arrived);
  record.buffered_since = now_;
}

std::optional<RefusalReason> Pool::Impl::refusalOf(const Activation& activation) const {
  const Action& action = *activation.action;
  if (action.memory <= ByteSize() || action.concurrency_max < 1 ||
      action.time_limit <= Duration::zero()) {
    return RefusalReason::InvalidAction;
  }
  if (action.memory > config_.user_memory) return RefusalReason::LargerThanPool;
  if (drain_deadline_) return RefusalReason::ShuttingDown;
  return std::nullopt;
}

void Pool::Impl::processBuffer() {
  while (const auto head = buffer_.head(now_)) {
    ActivationRecord& record = activations_.at(*head);
    if (const auto reason = tryPlace(record, Eviction::Allowed)) {
      record.waited_for = reason;
      reportWaiting(record);
      return;
    }
    unbuffer(record);
  }
}

void Pool::Impl::unbuffer(ActivationRecord& record) {
  buffer_.erase(record.activation, record.order);
}

// ---- WarmBypass

bool Pool::Impl::mayBypassHead() const {
  if (config_.queue_discipline != QueueDiscipline::WarmBypass || buffer_.empty()) return false;
  const ActivationRecord& head = activations_.at(*buffer_.head(now_));
  return now_ - head.arrived < config_.bypass_age_max;
}

void Pool::Impl::gainedCapacity(ContainerId id) {
  if (config_.queue_discipline != QueueDiscipline::WarmBypass) return;
  const ContainerData& data = containerOf(id);
  if (!hasCapacity(data)) return;
  gained_capacity_.push_back(internal::sharedActionOf(data.state));
}

// Only what gained capacity in this call can serve somebody who could not be served
// before; unless the head was too old then, and is another one now.
void Pool::Impl::bypassHead() {
  if (config_.queue_discipline != QueueDiscipline::WarmBypass) return;
  std::vector<ActionPtr> gained = std::exchange(gained_capacity_, {});
  if (buffer_.empty()) return;
  if (!mayBypassHead()) {
    bypass_was_denied_ = true;
    return;
  }
  if (std::exchange(bypass_was_denied_, false)) {
    for (const ActivationId id : buffer_.all()) {
      gained.push_back(activations_.at(id).activation.action);
    }
  }
  for (const ActionPtr& action : gained) bypassHeadFor(action->key);
}

void Pool::Impl::bypassHeadFor(const ActionKey& key) {
  while (const auto first = buffer_.empty() ? std::nullopt : buffer_.firstOf(key)) {
    ActivationRecord& record = activations_.at(*first);
    if (!tryPlaceWarm(record)) return;
    unbuffer(record);
    ++counters_.bypassed_total;
  }
}

// ---- The choice

std::optional<WaitReason> Pool::Impl::tryPlace(ActivationRecord& record, Eviction eviction) {
  if (tryPlaceWarm(record)) return std::nullopt;
  std::optional<WaitReason> reason = tryPlaceNew(record, eviction);
  // Where memory is free as soon as its removal is ordered, there is room now.
  if (reason == WaitReason::Removal &&
      config_.memory_accounting.release == MemoryRelease::WhenRemovalStarts) {
    reason = tryPlaceNew(record, eviction);
  }
  return reason;
}

bool Pool::Impl::tryPlaceWarm(ActivationRecord& record) {
  const auto warm = schedule(table_, record.activation.action->key);
  if (!warm) return false;
  const StartKind kind = std::visit(Overloaded{
                                        [](const Warming&) { return StartKind::Warming; },
                                        [](const WarmingCold&) { return StartKind::WarmingCold; },
                                        [](const auto&) { return StartKind::Warmed; },
                                    },
                                    containerOf(*warm).state);
  placed(record, *warm, kind, WarmMiss::None);
  assign(record, *warm);
  return true;
}

std::optional<WaitReason> Pool::Impl::tryPlaceNew(ActivationRecord& record, Eviction eviction) {
  const Action& action = *record.activation.action;
  const bool fits =
      hasPoolSpaceFor(table_, action.memory, config_.user_memory, config_.memory_accounting);
  const bool is_shared = config_.memory_accounting.prewarms == PrewarmAccounting::Shared;
  const auto* prewarmed = table_.oldestPrewarmed(action.runtime, action.memory);
  if (prewarmed != nullptr && (fits || is_shared)) {
    takePrewarm(record, prewarmed->id);
    return std::nullopt;
  }
  if (prewarmed == nullptr && starts_in_flight_ >= config_.starts_in_flight_max) {
    return WaitReason::StartsInFlight;
  }
  if (!fits) return eviction == Eviction::Allowed ? evictFor(record) : WaitReason::Memory;
  startCold(record);
  return std::nullopt;
}

void Pool::Impl::takePrewarm(ActivationRecord& record, ContainerId id) {
  const ActionPtr& action = record.activation.action;
  if (const auto index = prewarmIndex(action->runtime, action->memory)) {
    prewarms_[*index].failure_count = 0;  // They can be of use.
  }
  const WarmMiss miss =
      table_.containerCountOf(action->key) > 0 ? WarmMiss::Busy : WarmMiss::Unknown;
  placed(record, id, record.evicted.empty() ? StartKind::Prewarmed : StartKind::RecreatedPrewarm,
         miss);
  table_.update(id, Warming{action, 0, now_});
  assign(record, id);
  initialize(id);
}

void Pool::Impl::startCold(ActivationRecord& record) {
  const ActionPtr& action = record.activation.action;
  const WarmMiss miss =
      table_.containerCountOf(action->key) > 0 ? WarmMiss::Busy : WarmMiss::Unknown;
  const ContainerId id = newContainer(action->memory, WarmingCold{action, 0, now_});
  placed(record, id, record.evicted.empty() ? StartKind::Cold : StartKind::Recreated, miss);
  countColdStart(*action);
  assign(record, id);
  beginCall(id, Call::Start, config_.start_timeout);
  resetDeadline(id);
  emit(effect::StartContainer{id, StartPurpose::Activation, action->runtime, action->memory, action,
                              config_.start_timeout});
}

ContainerId Pool::Impl::newContainer(ByteSize memory, ContainerState state) {
  ++last_id_.value;
  table_.add({last_id_, memory, std::move(state)});
  records_[last_id_].created = now_;
  return last_id_;
}

// Only what is really missing: memory that is already being freed is not freed
// once more, unless its removal has failed, so that nobody knows when it will be.
std::optional<WaitReason> Pool::Impl::evictFor(ActivationRecord& record) {
  const bool is_shared = config_.memory_accounting.prewarms == PrewarmAccounting::Shared;
  ByteSize deficit = memoryConsumptionOf(table_, config_.memory_accounting) +
                     record.activation.action->memory - config_.user_memory;
  if (config_.memory_accounting.release == MemoryRelease::WhenRemovalConfirmed) {
    deficit -= table_.removingUserMemory() - table_.stuckUserMemory();
    if (is_shared) deficit -= table_.removingPrewarmMemory() - table_.stuckPrewarmMemory();
  }
  if (deficit <= ByteSize()) return WaitReason::Removal;
  const std::vector<ContainerId> victims =
      is_shared ? removeWithPrewarms(table_, deficit) : remove(table_, deficit);
  if (victims.empty()) return WaitReason::Memory;
  for (const ContainerId victim : victims) {
    record.evicted.push_back(victim);
    orderRemoval(victim, RemovalCause::Evicted);
  }
  return WaitReason::Removal;
}

void Pool::Impl::placed(ActivationRecord& record, ContainerId id, StartKind kind,
                        WarmMiss warm_miss) {
  if (record.phase == Phase::Buffered && record.waited_for) {
    record.waited += now_ - record.buffered_since;
  }
  ++counters_.placed_total[static_cast<std::size_t>(kind)];
  emit(effect::ActivationPlaced{record.activation.id, id, kind, warm_miss, record.waited,
                                record.waited_for, record.evicted});
}

void Pool::Impl::assign(ActivationRecord& record, ContainerId id) {
  OWPOOL_ASSERT(hasCapacity(containerOf(id)));
  OWPOOL_ASSERT(actionOf(containerOf(id))->key == record.activation.action->key);
  record.phase = Phase::Assigned;
  record.container = id;
  recordOf(id).activations.push_back(record.activation.id);

  ContainerState state = containerOf(id).state;
  bool can_run_now = false;
  bool is_paused = false;
  std::visit(Overloaded{
                 [&](WarmingCold& warming) { ++warming.active_count; warming.last_used = now_; },
                 [&](Warming& warming) { ++warming.active_count; warming.last_used = now_; },
                 [&](Warmed& warmed) {
                   ++warmed.active_count;
                   warmed.last_used = now_;
                   can_run_now =
                       warmed.phase == WarmPhase::Ready || warmed.phase == WarmPhase::Running;
                   is_paused = warmed.phase == WarmPhase::Paused;
                 },
                 [](auto&) {},  // Has no capacity: asserted above.
             },
             state);
  table_.update(id, std::move(state));
  gainedCapacity(id);
  if (can_run_now) send(record);
  if (is_paused) resume(id);
}

void Pool::Impl::reportWaiting(ActivationRecord& record) {
  if (record.waiting_reported &&
      now_ - *record.waiting_reported < config_.waiting_report_interval) {
    return;
  }
  record.waiting_reported = now_;
  ++counters_.waiting_reported_total;
  emit(effect::ActivationWaits{record.activation.id, *record.waited_for,
                               record.activation.action->memory,
                               static_cast<int>(buffer_.size())});
}

void Pool::Impl::putBack(const std::vector<ActivationId>& activations, Delivery delivery) {
  for (const ActivationId id : activations) {
    ActivationRecord& record = activations_.at(id);
    record.phase = Phase::Buffered;
    if (delivery == Delivery::Failed) {
      if (record.reschedule_count >= config_.reschedules_max) {
        answerWithError(id, errorResponse(ActivationStatus::WhiskError,
                                          "The activation could not be delivered to a container."));
        continue;
      }
      ++record.reschedule_count;
      ++counters_.rescheduled_total;
    }
    buffer_.insert(record.activation, record.order, record.arrived);
    record.buffered_since = now_;
    record.evicted.clear();
    // Another container of its action may have capacity all along.
    if (config_.queue_discipline == QueueDiscipline::WarmBypass) {
      gained_capacity_.push_back(record.activation.action);
    }
  }
}

}  // namespace owpool
