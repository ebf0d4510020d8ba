// Giving up: containers, activations, the pool itself. A container that is given
// up takes no more work; what was sent to it may end; then it is removed, and
// until that is confirmed its memory counts.
#include <algorithm>
#include <utility>

#include "core/pool_impl.h"
#include "core/shared_action.h"

namespace owpool {

using internal::doubled;
using internal::later;

// ---- Containers

void Pool::Impl::drain(ContainerId id, RemovalCause cause) {
  const ContainerState state = containerOf(id).state;
  if (std::holds_alternative<Removing>(state) || std::holds_alternative<Draining>(state)) return;
  // What was not sent goes to other containers. But what waits for the code to be
  // taken waits for the answer: it may be that the code itself ends its container.
  const bool awaits_init = recordOf(id).call == Call::Init;
  if (!awaits_init) {
    putBack(takeAssigned(id), Delivery::NotTried);
    if (activeCountOf(containerOf(id)) == 0) {
      orderRemoval(id, cause);
      return;
    }
    endCall(recordOf(id));
  }
  ActionPtr action = internal::sharedActionOf(state);
  table_.update(id, Draining{std::move(action), activeCountOf(containerOf(id)), cause});
  resetDeadline(id);
  emit(effect::AbandonContainer{id});
}

void Pool::Impl::orderRemoval(ContainerId id, RemovalCause cause) {
  const ContainerData& data = containerOf(id);
  OWPOOL_ASSERT(activeCountOf(data) == 0 && recordOf(id).activations.empty());
  ++counters_.removed_total[static_cast<std::size_t>(cause)];
  table_.update(id, Removing{cause, isPrewarm(data), /*has_failed=*/false});
  removeAgain(id);
}

void Pool::Impl::removeAgain(ContainerId id) {
  const RemovalCause cause = std::get<Removing>(containerOf(id).state).cause;
  beginCall(id, Call::Remove, config_.removal_timeout);
  resetDeadline(id);
  emit(effect::RemoveContainer{id, cause, config_.removal_timeout});
}

void Pool::Impl::on(event::ContainerRemoved event) {
  // Whichever of the orders it answers: gone is gone.
  const ContainerData* data = table_.find(event.id);
  if (data == nullptr || !std::holds_alternative<Removing>(data->state)) {
    ++counters_.ignored_events_total;
    return;
  }
  forget(event.id);
}

void Pool::Impl::on(event::RemovalFailed event) {
  if (answered(event.id, Call::Remove) == nullptr) return;
  removalFailed(event.id);
}

// It is tried for ever, ever more rarely; but a pool that shuts down comes to an end.
void Pool::Impl::removalFailed(ContainerId id) {
  ++counters_.removal_failed_total;
  Record& record = recordOf(id);
  ++record.removal_failures;
  if (drain_deadline_ && record.removal_failures >= config_.shutdown_removal_tries_max) {
    ++counters_.removal_given_up_total;
    emit(effect::RemovalGivenUp{id});
    forget(id);
    return;
  }
  Removing removing = std::get<Removing>(containerOf(id).state);
  removing.has_failed = true;
  table_.update(id, removing);
  const Backoff& backoff = config_.removal_backoff;
  setDeadline(id, later(now_, doubled(backoff.first, record.removal_failures - 1, backoff.max)));
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
  found->second.has_died = true;
  const ContainerData data = containerOf(event.id);
  const TimePoint created = found->second.created;
  drain(event.id, RemovalCause::Died);
  if (const auto* starting = std::get_if<Starting>(&data.state)) {
    prewarmFailed(starting->runtime, data.memory, created);
  } else if (const auto* prewarmed = std::get_if<Prewarmed>(&data.state)) {
    prewarmFailed(prewarmed->runtime, data.memory, created);
  }
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
