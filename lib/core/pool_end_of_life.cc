// Giving up: containers, activations, the pool itself. A container that is given
// up takes no more work; what was sent to it may end; then it is removed, and
// until that is confirmed its memory counts.
#include <algorithm>
#include <utility>

#include "core/pool_impl.h"

namespace owpool {

using internal::Overloaded;

// ---- Containers

void Pool::Impl::drain(ContainerId id, RemovalCause cause) {
  const ContainerState state = containerOf(id).state;
  const Call call = recordOf(id).call;
  if (std::holds_alternative<Removing>(state) || std::holds_alternative<Draining>(state)) return;
  const Action* action = actionOf(containerOf(id));
  if (action == nullptr) {  // A stem cell: nobody waits for it.
    orderRemoval(id, cause);
    return;
  }
  // Nothing that merely waits for a warm container to be paused or resumed has
  // been sent. While a container starts or takes its code, its answer decides.
  const bool decides_itself = call == Call::Start || call == Call::Init;
  if (!decides_itself) putBack(takeAssigned(id));
  const int remaining = activeCountOf(containerOf(id));
  if (!decides_itself && remaining == 0) {
    orderRemoval(id, cause);
    return;
  }
  if (!decides_itself) endCall(recordOf(id));
  ActionPtr shared = std::visit(Overloaded{
                                    [](const WarmingCold& s) { return s.action; },
                                    [](const Warming& s) { return s.action; },
                                    [](const Warmed& s) { return s.action; },
                                    [](const auto&) { return ActionPtr(); },
                                },
                                state);
  table_.update(id, Draining{std::move(shared), remaining, cause});
  resetDeadline(id);
}

void Pool::Impl::orderRemoval(ContainerId id, RemovalCause cause) {
  const ContainerData& data = containerOf(id);
  OWPOOL_ASSERT(activeCountOf(data) == 0 && recordOf(id).activations.empty());
  ++counters_.removed_total[static_cast<std::size_t>(cause)];
  table_.update(id, Removing{cause, isPrewarm(data)});
  removeAgain(id);
}

void Pool::Impl::removeAgain(ContainerId id) {
  const RemovalCause cause = std::get<Removing>(containerOf(id).state).cause;
  beginCall(id, Call::Remove, config_.removal_timeout);
  resetDeadline(id);
  emit(effect::RemoveContainer{id, cause, config_.removal_timeout});
}

void Pool::Impl::on(event::ContainerRemoved event) {
  if (answered(event.id, Call::Remove) == nullptr) return;
  forget(event.id);
}

// It is tried for ever, ever more rarely.
void Pool::Impl::on(event::RemovalFailed event) {
  Record* record = answered(event.id, Call::Remove);
  if (record == nullptr) return;
  ++counters_.removal_failed_total;
  Duration wait = config_.removal_backoff.first;
  for (int i = 0; i < record->removal_failures && wait < config_.removal_backoff.max; ++i) wait *= 2;
  ++record->removal_failures;
  setDeadline(event.id, now_ + std::min(wait, config_.removal_backoff.max));
}

void Pool::Impl::forget(ContainerId id) {
  setDeadline(id, std::nullopt);
  Record& record = recordOf(id);
  OWPOOL_ASSERT(record.activations.empty());
  endCall(record);
  if (!record.address.empty()) by_address_.erase(record.address);
  records_.erase(id);
  table_.erase(id);
}

void Pool::Impl::on(event::ContainerDied event) {
  const auto found = records_.find(event.id);
  if (found == records_.end()) {
    ++counters_.ignored_events_total;
    return;
  }
  const ContainerData data = containerOf(event.id);
  if (std::holds_alternative<Starting>(data.state)) {
    found->second.died = true;
    return;
  }
  const auto* prewarmed = std::get_if<Prewarmed>(&data.state);
  drain(event.id, RemovalCause::Died);
  if (prewarmed != nullptr) prewarmFailed(prewarmed->runtime, data.memory);
}

// ---- Activations

std::vector<ActivationId> Pool::Impl::takeAssigned(ContainerId id) {
  std::vector<ActivationId> taken;
  for (const ActivationId activation : recordOf(id).activations) {
    if (activations_.at(activation).phase == Phase::Assigned) taken.push_back(activation);
  }
  for (const ActivationId activation : taken) release(activations_.at(activation));
  return taken;
}

void Pool::Impl::answerAssigned(ContainerId id, const ActivationResponse& response) {
  for (const ActivationId activation : takeAssigned(id)) answerWithError(activation, response);
}

void Pool::Impl::answerWithError(ActivationId activation, ActivationResponse response) {
  --unanswered_count_;
  ++counters_.answered_with_error_total;
  activations_.erase(activation);
  emit(effect::AnswerWithError{activation, std::move(response)});
}

// ---- The pool

void Pool::Impl::removeIdle() {
  std::vector<ContainerId> going;
  for (const ContainerData& data : table_) {
    const bool is_stem_cell = isPrewarm(data) && !std::holds_alternative<Removing>(data.state);
    if (is_stem_cell || (isIdle(data) && buffer_.empty())) going.push_back(data.id);
  }
  for (const ContainerId id : going) orderRemoval(id, RemovalCause::Shutdown);
}

void Pool::Impl::endDrain() {
  drain_ended_ = true;
  const ActivationResponse response = errorResponse(
      ActivationStatus::WhiskError, "The pool was shut down before the activation ended.");
  std::vector<ContainerId> going;
  for (const ContainerData& data : table_) {
    if (!std::holds_alternative<Removing>(data.state)) going.push_back(data.id);
  }
  for (const ContainerId id : going) {
    while (!recordOf(id).activations.empty()) {
      ActivationRecord& record = activations_.at(recordOf(id).activations.front());
      const ActivationId activation = record.activation.id;
      const bool is_answered = record.phase == Phase::Answered;
      release(record);
      if (is_answered) {
        activations_.erase(activation);
      } else {
        answerWithError(activation, response);
      }
    }
    orderRemoval(id, RemovalCause::Shutdown);
  }
  for (const ActivationId activation : buffer_.all()) {
    unbuffer(activations_.at(activation));
    answerWithError(activation, response);
  }
}

}  // namespace owpool
