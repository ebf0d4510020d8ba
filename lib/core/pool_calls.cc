// What the answers to the calls of a container lead to: start, init, run, pause,
// resume.
#include <algorithm>
#include <utility>

#include "core/pool_impl.h"

namespace owpool {

using internal::later;
using internal::sum;

// ---- Start

void Pool::Impl::on(event::ContainerStarted event) {
  // It may come too late for the container itself, which was given up meanwhile; but
  // unless that has died, whoever was at its address before has.
  if (const auto found = records_.find(event.id); found != records_.end()) {
    Record& started = found->second;
    const bool is_news = !std::exchange(started.start_answered, true);
    if (is_news && !started.has_died && !event.address.empty()) {
      claimAddress(event.id, std::move(event.address));
    }
  }
  Record* record = answered(event.id, Call::Start);
  if (record == nullptr) return;
  const ContainerState state = containerOf(event.id).state;
  if (const auto* cold = std::get_if<WarmingCold>(&state)) {
    table_.update(event.id, Warming{cold->action, cold->active_count, cold->last_used});
    initialize(event.id);
    return;
  }
  const Starting& starting = std::get<Starting>(state);
  record->next_probe = later(now_, config_.prewarm_health.period);
  table_.update(event.id, Prewarmed{starting.runtime, expiryOf(starting, event.id)});
  resetDeadline(event.id);
}

// A container that comes up where another one was is the death of that one: what
// is sent there from now on would reach the wrong container.
void Pool::Impl::claimAddress(ContainerId id, std::string address) {
  const auto [it, added] = by_address_.try_emplace(address, id);
  if (!added) {
    const ContainerId previous = std::exchange(it->second, id);
    recordOf(previous).address.clear();
    on(event::ContainerDied{previous});
  }
  recordOf(id).address = std::move(address);
}

void Pool::Impl::on(event::StartFailed event) {
  if (const auto found = records_.find(event.id); found != records_.end()) {
    found->second.start_answered = true;
  }
  if (answered(event.id, Call::Start) == nullptr) return;
  ++counters_.start_failed_total;
  const ContainerData data = containerOf(event.id);
  const TimePoint created = recordOf(event.id).created;
  answerAssigned(event.id, event.response);
  forget(event.id);
  if (const auto* starting = std::get_if<Starting>(&data.state)) {
    prewarmFailed(starting->runtime, data.memory, created);
  }
}

// ---- Init

void Pool::Impl::initialize(ContainerId id) {
  const Warming& warming = std::get<Warming>(containerOf(id).state);
  const Duration time_limit = warming.action->time_limit;
  beginCall(id, Call::Init, sum(time_limit, config_.call_grace));
  resetDeadline(id);
  emit(effect::InitializeContainer{id, warming.action, recordOf(id).activations.front(),
                                   time_limit});
}

void Pool::Impl::on(event::InitSucceeded event) {
  if (answered(event.id, Call::Init) == nullptr) return;
  const ContainerState state = containerOf(event.id).state;
  if (const auto* warming = std::get_if<Warming>(&state)) {
    table_.update(event.id, Warmed{warming->action, warming->active_count, warming->last_used,
                                   WarmPhase::Running});
    sendAssigned(event.id);
  } else {
    // Draining: it died. Nothing was sent to it but its code.
    putBack(takeAssigned(event.id), Delivery::NotTried);
    afterRelease(event.id);
  }
}

void Pool::Impl::on(event::InitFailed event) {
  if (answered(event.id, Call::Init) == nullptr) return;
  answerAssigned(event.id, event.response);
  drain(event.id, RemovalCause::InitFailed);
  afterRelease(event.id);
}

void Pool::Impl::on(event::InitNotDelivered event) {
  if (answered(event.id, Call::Init) == nullptr) return;
  putBack(takeAssigned(event.id), Delivery::Failed);
  drain(event.id, RemovalCause::Unreachable);
  afterRelease(event.id);
}

// ---- Run

void Pool::Impl::send(ActivationRecord& record) {
  const Duration time_limit = record.activation.action->time_limit;
  record.phase = Phase::Sent;
  record.run_deadline = later(now_, sum(time_limit, config_.call_grace));
  emit(effect::RunActivation{record.container, record.activation.id, time_limit});

  ContainerState state = containerOf(record.container).state;
  Warmed& warmed = std::get<Warmed>(state);
  if (warmed.phase != WarmPhase::Running) {
    warmed.phase = WarmPhase::Running;
    table_.update(record.container, std::move(state));
    setDeadline(record.container, record.run_deadline);
  } else if (const auto current = recordOf(record.container).deadline;
             !current || record.run_deadline < *current) {
    setDeadline(record.container, record.run_deadline);
  }
}

void Pool::Impl::sendAssigned(ContainerId id) {
  setDeadline(id, std::nullopt);
  for (const ActivationId activation : recordOf(id).activations) {
    ActivationRecord& record = activations_.at(activation);
    if (record.phase == Phase::Assigned) send(record);
  }
}

Pool::Impl::ActivationRecord* Pool::Impl::sentTo(ContainerId id, ActivationId activation) {
  const auto found = activations_.find(activation);
  if (found != activations_.end() && found->second.container == id &&
      (found->second.phase == Phase::Sent || found->second.phase == Phase::Answered)) {
    return &found->second;
  }
  ++counters_.ignored_events_total;
  return nullptr;
}

void Pool::Impl::on(event::ResultKnown event) {
  ActivationRecord* record = sentTo(event.id, event.activation);
  if (record == nullptr) return;
  if (record->phase == Phase::Answered) {
    ++counters_.ignored_events_total;
    return;
  }
  record->phase = Phase::Answered;
  record->run_deadline = later(now_, config_.logs_timeout);
  --unanswered_count_;
  ++counters_.answered_with_result_total;
  emit(effect::AnswerWithResult{event.activation});
  resetDeadline(event.id);
}

void Pool::Impl::on(event::RunCompleted event) {
  ActivationRecord* record = sentTo(event.id, event.activation);
  if (record == nullptr) return;
  if (record->phase == Phase::Sent) {
    --unanswered_count_;
    ++counters_.answered_with_result_total;
    emit(effect::AnswerWithResult{event.activation});
  }
  release(*record);
  activations_.erase(event.activation);
  if (event.fate == ContainerFate::Broken) drain(event.id, RemovalCause::RunFailed);
  afterRelease(event.id);
}

void Pool::Impl::on(event::RunNotDelivered event) {
  ActivationRecord* record = sentTo(event.id, event.activation);
  if (record == nullptr) return;
  if (record->phase == Phase::Answered) {
    ++counters_.ignored_events_total;
    return;
  }
  release(*record);
  putBack({event.activation}, Delivery::Failed);
  drain(event.id, RemovalCause::Unreachable);
  afterRelease(event.id);
}

void Pool::Impl::release(ActivationRecord& record) {
  const ContainerId id = record.container;
  auto& assigned = recordOf(id).activations;
  const auto at = std::find(assigned.begin(), assigned.end(), record.activation.id);
  OWPOOL_ASSERT(at != assigned.end());
  assigned.erase(at);
  ContainerState state = containerOf(id).state;
  std::visit(internal::Overloaded{
                 [&](WarmingCold& warming) { --warming.active_count; },
                 [&](Warming& warming) { --warming.active_count; },
                 [&](Warmed& warmed) { --warmed.active_count; warmed.last_used = now_; },
                 [&](Draining& draining) { --draining.active_count; },
                 [](auto&) { OWPOOL_ASSERT(false); },  // The others have no activations.
             },
             state);
  table_.update(id, std::move(state));
  gainedCapacity(id);
}

void Pool::Impl::afterRelease(ContainerId id) {
  const ContainerData& data = containerOf(id);
  if (const auto* draining = std::get_if<Draining>(&data.state)) {
    if (draining->active_count == 0 && recordOf(id).call == Call::None) {
      orderRemoval(id, draining->cause);
    } else {
      resetDeadline(id);
    }
    return;
  }
  const auto* warmed = std::get_if<Warmed>(&data.state);
  if (warmed == nullptr || warmed->active_count > 0 || warmed->phase != WarmPhase::Running) return;
  Warmed idle = *warmed;
  idle.phase = WarmPhase::Ready;
  table_.update(id, std::move(idle));
  resetDeadline(id);
}

// ---- Pause and resume

void Pool::Impl::on(event::ContainerPaused event) {
  if (answered(event.id, Call::Pause) == nullptr) return;
  Warmed warmed = std::get<Warmed>(containerOf(event.id).state);
  const bool is_wanted = warmed.active_count > 0;
  warmed.phase = WarmPhase::Paused;
  table_.update(event.id, std::move(warmed));
  resetDeadline(event.id);
  if (is_wanted) resume(event.id);
}

void Pool::Impl::on(event::PauseFailed event) {
  if (answered(event.id, Call::Pause) == nullptr) return;
  drain(event.id, RemovalCause::PauseFailed);
}

void Pool::Impl::resume(ContainerId id) {
  Warmed warmed = std::get<Warmed>(containerOf(id).state);
  warmed.phase = WarmPhase::Resuming;
  table_.update(id, std::move(warmed));
  beginCall(id, Call::Resume, config_.pause_timeout);
  resetDeadline(id);
  emit(effect::ResumeContainer{id, config_.pause_timeout});
}

void Pool::Impl::on(event::ContainerResumed event) {
  if (answered(event.id, Call::Resume) == nullptr) return;
  sendAssigned(event.id);
}

void Pool::Impl::on(event::ResumeFailed event) {
  if (answered(event.id, Call::Resume) == nullptr) return;
  drain(event.id, RemovalCause::PauseFailed);
}

}  // namespace owpool
