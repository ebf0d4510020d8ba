// What falls due. Every container has at most one entry in deadlines_; it may be
// earlier than needed (a run that ended was to be the first to expire), then it is
// set anew when it is reached.
#include <algorithm>
#include <utility>

#include "core/pool_impl.h"

namespace owpool {

using internal::later;

namespace {

void lower(std::optional<TimePoint>& deadline, TimePoint candidate) {
  if (!deadline || candidate < *deadline) deadline = candidate;
}

}  // namespace

void Pool::Impl::setDeadline(ContainerId id, std::optional<TimePoint> deadline) {
  Record& record = recordOf(id);
  if (record.deadline == deadline) return;
  if (record.deadline) deadlines_.erase({*record.deadline, id});
  if (deadline) deadlines_.insert({*deadline, id});
  record.deadline = deadline;
}

void Pool::Impl::resetDeadline(ContainerId id) { setDeadline(id, deadlineOf(id)); }

std::optional<TimePoint> Pool::Impl::deadlineOf(ContainerId id) {
  const Record& record = recordOf(id);
  const ContainerState& state = containerOf(id).state;
  std::optional<TimePoint> deadline;
  if (record.call != Call::None) lower(deadline, record.call_deadline);
  if (std::holds_alternative<Prewarmed>(state) && config_.prewarm_health.enabled &&
      record.call == Call::None) {
    lower(deadline, record.next_probe);
  }
  if (const auto* warmed = std::get_if<Warmed>(&state); warmed && warmed->active_count == 0) {
    if (warmed->phase == WarmPhase::Ready && config_.pause_grace) {
      lower(deadline, later(warmed->last_used, *config_.pause_grace));
    }
    if (warmed->phase == WarmPhase::Ready || warmed->phase == WarmPhase::Paused) {
      lower(deadline, later(warmed->last_used, config_.idle_timeout));
    }
  }
  for (const ActivationId activation : record.activations) {
    const ActivationRecord& run = activations_.at(activation);
    if (run.phase != Phase::Assigned) lower(deadline, run.run_deadline);
  }
  return deadline;
}

std::optional<TimePoint> Pool::Impl::nextDeadline() const {
  std::optional<TimePoint> next = nextPrewarmAttempt();
  if (!deadlines_.empty()) lower(next, deadlines_.begin()->first);
  if (drain_deadline_ && !drain_ended_) lower(next, *drain_deadline_);
  if (next_prewarm_check_ && !drain_deadline_) lower(next, *next_prewarm_check_);
  if (const auto change = buffer_.nextChange(now_)) lower(next, *change);
  return next;
}

void Pool::Impl::doWhatIsDue() {
  if (drain_deadline_ && *drain_deadline_ <= now_) {
    // Also what was put back or placed since: nothing survives the end.
    endDrain();
  }
  if (next_prewarm_check_ && *next_prewarm_check_ <= now_ && !drain_deadline_) checkPrewarms();
  while (!deadlines_.empty() && deadlines_.begin()->first <= now_) {
    const ContainerId id = deadlines_.begin()->second;
    setDeadline(id, std::nullopt);
    fallDue(id);
  }
}

void Pool::Impl::fallDue(ContainerId id) {
  Record& record = recordOf(id);
  const ContainerState state = containerOf(id).state;
  if (record.call != Call::None && record.call_deadline <= now_) {
    const Call call = record.call;
    endCall(record);
    callTimedOut(id, call);
    return;
  }
  if (std::holds_alternative<Removing>(state) && record.call == Call::None) {
    removeAgain(id);
    return;
  }
  if (std::holds_alternative<Prewarmed>(state) && record.call == Call::None) {
    probe(id);
    return;
  }
  const auto* warmed = std::get_if<Warmed>(&state);
  if (warmed != nullptr && warmed->active_count == 0) {
    idleDue(id, *warmed);
    return;
  }
  runsTimedOut(id);
}

// The world did not answer: as if it had said that the call failed.
void Pool::Impl::callTimedOut(ContainerId id, Call call) {
  const ContainerData data = containerOf(id);
  switch (call) {
    case Call::Start: {
      answerAssigned(id, errorResponse(ActivationStatus::WhiskError,
                                       "The container did not start in time."));
      orderRemoval(id, RemovalCause::StartFailed);
      if (const auto* starting = std::get_if<Starting>(&data.state)) {
        prewarmFailed(starting->runtime, data.memory, recordOf(id).created);
      }
      return;
    }
    case Call::Init: {
      answerAssigned(id, timeLimitResponse(ContainerCall::Init, actionOf(data)->time_limit));
      orderRemoval(id, RemovalCause::InitFailed);
      return;
    }
    case Call::Pause:
    case Call::Resume:
      drain(id, RemovalCause::PauseFailed);
      return;
    case Call::Probe:
      probed(id, ProbeResult::Unreachable);
      return;
    case Call::Remove:
      removalFailed(id);
      return;
    case Call::None:
      return;
  }
}

void Pool::Impl::runsTimedOut(ContainerId id) {
  std::vector<ActivationId> expired;
  for (const ActivationId activation : recordOf(id).activations) {
    const ActivationRecord& record = activations_.at(activation);
    if (record.phase != Phase::Assigned && record.run_deadline <= now_) {
      expired.push_back(activation);
    }
  }
  for (const ActivationId activation : expired) {
    ActivationRecord& record = activations_.at(activation);
    const bool is_answered = record.phase == Phase::Answered;
    const Duration time_limit = record.activation.action->time_limit;
    release(record);
    if (is_answered) {
      activations_.erase(activation);
    } else {
      answerWithError(activation, timeLimitResponse(ContainerCall::Run, time_limit));
    }
  }
  if (expired.empty()) {
    resetDeadline(id);
    return;
  }
  drain(id, RemovalCause::RunFailed);
  afterRelease(id);
}

void Pool::Impl::idleDue(ContainerId id, const Warmed& warmed) {
  if (later(warmed.last_used, config_.idle_timeout) <= now_) {
    orderRemoval(id, RemovalCause::IdleTimeout);
    return;
  }
  if (warmed.phase != WarmPhase::Ready || !config_.pause_grace ||
      later(warmed.last_used, *config_.pause_grace) > now_) {
    resetDeadline(id);
    return;
  }
  Warmed pausing = warmed;
  pausing.phase = WarmPhase::Pausing;
  table_.update(id, std::move(pausing));
  beginCall(id, Call::Pause, config_.pause_timeout);
  resetDeadline(id);
  emit(effect::PauseContainer{id, config_.pause_timeout});
}

}  // namespace owpool
