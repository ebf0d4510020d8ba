// From an arrival to a container.
//
// An activation is placed by the first of these that holds:
//   1. schedule() finds a container of its action with capacity.
//   2. A new container fits into user memory: a stem cell of its kind and exactly
//      its memory is taken (and replaced), else a container is started.
//   3. Idle containers, oldest first, are evicted until what is missing will be
//      free; it waits for their removal at the head of the buffer.
// Else it waits for the next change. The buffer is strictly first in, first out:
// only its head is tried, so an arrival behind others is not.
#include <utility>

#include "core/pool_impl.h"

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
  if (buffer_.empty() && tryPlace(record)) {
    ++unanswered_count_;
    return;
  }
  if (static_cast<int>(buffer_.size()) >= config_.buffer_count_max) {
    ++counters_.refused_total;
    activations_.erase(id);
    emit(effect::RefuseActivation{id, RefusalReason::BufferFull});
    return;
  }
  if (buffer_.empty()) reportWaiting(record);
  ++unanswered_count_;
  buffered_memory_ += record.activation.action->memory;
  buffer_.push_back(id);
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
  while (!buffer_.empty()) {
    ActivationRecord& head = activations_.at(buffer_.front());
    if (!tryPlace(head)) {
      reportWaiting(head);
      return;
    }
    buffered_memory_ -= head.activation.action->memory;
    buffer_.pop_front();
  }
}

bool Pool::Impl::tryPlace(ActivationRecord& record) {
  const Action& action = *record.activation.action;
  if (const auto warm = schedule(table_, action.key)) {
    const StartKind kind = std::visit(Overloaded{
                                          [](const Warming&) { return StartKind::Warming; },
                                          [](const WarmingCold&) { return StartKind::WarmingCold; },
                                          [](const auto&) { return StartKind::Warmed; },
                                      },
                                      containerOf(*warm).state);
    ++counters_.placed_total[static_cast<std::size_t>(kind)];
    emit(effect::ActivationPlaced{record.activation.id, *warm, kind});
    assign(record, *warm);
    return true;
  }
  if (hasPoolSpaceFor(table_, action.memory, config_.user_memory)) {
    if (const auto* prewarmed = table_.oldestPrewarmed(action.runtime, action.memory)) {
      takePrewarm(record, prewarmed->id);
    } else {
      startCold(record);
    }
    return true;
  }
  evictFor(record);
  return false;
}

void Pool::Impl::takePrewarm(ActivationRecord& record, ContainerId id) {
  const StartKind kind =
      record.evicted_for_it ? StartKind::RecreatedPrewarm : StartKind::Prewarmed;
  ++counters_.placed_total[static_cast<std::size_t>(kind)];
  emit(effect::ActivationPlaced{record.activation.id, id, kind});
  table_.update(id, Warming{record.activation.action, 0, now_});
  assign(record, id);
  initialize(id);
}

void Pool::Impl::startCold(ActivationRecord& record) {
  const ActionPtr& action = record.activation.action;
  const StartKind kind = record.evicted_for_it ? StartKind::Recreated : StartKind::Cold;
  const ContainerId id = newContainer(action->memory, WarmingCold{action, 0, now_});
  ++counters_.placed_total[static_cast<std::size_t>(kind)];
  emit(effect::ActivationPlaced{record.activation.id, id, kind});
  assign(record, id);
  beginCall(id, Call::Start, config_.start_timeout);
  resetDeadline(id);
  emit(effect::StartContainer{id, StartPurpose::Activation, action->runtime, action->memory, action,
                              config_.start_timeout});
}

ContainerId Pool::Impl::newContainer(ByteSize memory, ContainerState state) {
  ++last_id_.value;
  table_.add({last_id_, memory, std::move(state)});
  records_.emplace(last_id_, Record{});
  return last_id_;
}

// Only what is really missing: memory that is already being freed is not freed
// once more.
void Pool::Impl::evictFor(ActivationRecord& record) {
  const ByteSize deficit = table_.userMemory() + record.activation.action->memory -
                           config_.user_memory - table_.removingMemory();
  for (const ContainerId victim : remove(table_, deficit)) {
    record.evicted_for_it = true;
    orderRemoval(victim, RemovalCause::Evicted);
  }
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
  emit(effect::ActivationWaits{record.activation.id, record.activation.action->memory,
                               static_cast<int>(buffer_.size())});
}

void Pool::Impl::putBack(const std::vector<ActivationId>& activations) {
  for (auto it = activations.rbegin(); it != activations.rend(); ++it) {
    ActivationRecord& record = activations_.at(*it);
    record.phase = Phase::Buffered;
    if (record.reschedule_count >= config_.reschedules_max) {
      answerWithError(*it, errorResponse(ActivationStatus::WhiskError,
                                         "The activation could not be delivered to a container."));
      continue;
    }
    ++record.reschedule_count;
    ++counters_.rescheduled_total;
    buffered_memory_ += record.activation.action->memory;
    buffer_.push_front(*it);
  }
}

}  // namespace owpool
