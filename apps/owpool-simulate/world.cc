#include "owpool-simulate/world.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

#include "core/overloaded.h"

namespace owpool::simulate {
namespace {

using internal::Overloaded;

constexpr std::size_t kDroppedMax = 64;
constexpr std::size_t kAnsweredMax = 16;

}  // namespace

// ---- What the pool asks for

void World::take(const Effect& effect) {
  std::visit(Overloaded{
                 [&](const effect::StartContainer& e) {
                   Container& container = of(e.id);
                   if (!container.is_living) {
                     container.is_living = true;
                     container.living_index = living_.size();
                     living_.push_back(e.id);
                   }
                   open(CallKind::Start, e.id);
                 },
                 [&](const effect::InitializeContainer& e) {
                   of(e.id).is_initializing = true;
                   open(CallKind::Init, e.id);
                 },
                 [&](const effect::RunActivation& e) {
                   ++of(e.id).runs;
                   open(CallKind::Run, e.id, e.activation);
                 },
                 [&](const effect::PauseContainer& e) {
                   of(e.id).pause = Pause::Pausing;
                   open(CallKind::Pause, e.id);
                 },
                 [&](const effect::ResumeContainer& e) {
                   of(e.id).pause = Pause::Resuming;
                   open(CallKind::Resume, e.id);
                 },
                 [&](const effect::RemoveContainer& e) {
                   of(e.id).is_removing = true;
                   // Asked again, it is the same removal.
                   if (std::exchange(of(e.id).has_open_removal, true)) return;
                   open(CallKind::Remove, e.id);
                 },
                 [&](const effect::ProbeContainer& e) { open(CallKind::Probe, e.id); },
                 [](const auto&) {},
             },
             effect);
}

void World::open(CallKind kind, ContainerId id, ActivationId activation) {
  open_[static_cast<std::size_t>(kind)].push_back({kind, id, activation, false, Outcome::Well});
}

bool World::hasOpenCalls() const {
  for (const auto& calls : open_) {
    if (!calls.empty()) return true;
  }
  return false;
}

// ---- Containers

World::Container& World::of(ContainerId id) {
  if (id.value >= containers_.size()) containers_.resize(id.value + 1);
  return containers_[id.value];
}

LifePhase World::phaseOf(const Container& container) const {
  if (container.is_removing) return LifePhase::Removing;
  if (!container.is_started) return LifePhase::Starting;
  if (container.is_doomed) return LifePhase::Draining;
  if (container.is_initializing) return LifePhase::Initializing;
  if (!container.is_initialized) return LifePhase::Prewarmed;
  switch (container.pause) {
    case Pause::Pausing: return LifePhase::Pausing;
    case Pause::Paused: return LifePhase::Paused;
    case Pause::Resuming: return LifePhase::Resuming;
    case Pause::No: break;
  }
  return container.runs > 0 ? LifePhase::Busy : LifePhase::Idle;
}

std::optional<ContainerId> World::livingIn(LifePhase phase, std::uint32_t which) {
  for (std::size_t i = 0; i < living_.size(); ++i) {
    const ContainerId id = living_[(which + i) % living_.size()];
    const Container& container = of(id);
    if (!container.is_dead && (phase == LifePhase::Any || phaseOf(container) == phase)) return id;
  }
  return std::nullopt;
}

void World::bury(ContainerId id) {
  Container& container = of(id);
  if (!std::exchange(container.is_living, false)) return;
  const ContainerId last = living_.back();
  living_[container.living_index] = last;
  of(last).living_index = container.living_index;
  living_.pop_back();
}

std::optional<Event> World::die(LifePhase phase, std::uint32_t which) {
  const auto id = livingIn(phase, which);
  if (!id) return std::nullopt;
  ++counts_.died[static_cast<std::size_t>(phaseOf(of(*id)))];
  of(*id).is_dead = true;
  of(*id).is_doomed = true;
  return event::ContainerDied{*id};
}

bool World::vanish(LifePhase phase, std::uint32_t which) {
  const auto id = livingIn(phase, which);
  if (!id) return false;
  ++counts_.vanished[static_cast<std::size_t>(phaseOf(of(*id)))];
  of(*id).is_dead = true;
  return true;
}

std::uint64_t World::addressOf(ContainerId id) const {
  return are_addresses_apart_ ? address_count_ + id.value : id.value % address_count_;
}

void World::takeAddress(ContainerId id) {
  if (address_count_ == 0 || of(id).is_doomed) return;  // The dead have no address.
  const auto [at, added] = by_address_.try_emplace(addressOf(id), id);
  if (added) return;
  Container& previous = of(at->second);
  if (previous.is_living) ++counts_.addresses_taken;
  previous.is_dead = true;
  previous.is_doomed = true;
  at->second = id;
}

// ---- Answers

std::optional<Call> World::pick(CallKind kind, std::uint32_t which) {
  std::size_t at = static_cast<std::size_t>(kind);
  std::size_t index = which;
  if (kind == CallKind::Any) {
    std::size_t count = 0;
    for (const auto& calls : open_) count += calls.size();
    if (count == 0) return std::nullopt;
    index %= count;
    for (at = 0; index >= open_[at].size(); ++at) index -= open_[at].size();
  }
  std::vector<Call>& calls = open_[at];
  if (calls.empty()) return std::nullopt;
  std::swap(calls[index % calls.size()], calls.back());
  const Call call = calls.back();
  calls.pop_back();
  if (call.kind == CallKind::Remove) of(call.id).has_open_removal = false;
  return call;
}

std::optional<Event> World::answer(CallKind kind, std::uint32_t which, Outcome wished) {
  const auto call = pick(kind, which);
  if (!call) return std::nullopt;
  return settledEvent(*call, wished);
}

bool World::drop(CallKind kind, std::uint32_t which) {
  const auto call = pick(kind, which);
  if (!call) return false;
  ++counts_.dropped[static_cast<std::size_t>(call->kind)];
  if (dropped_.size() == kDroppedMax) dropped_.erase(dropped_.begin());
  dropped_.push_back(*call);
  return true;
}

std::optional<Event> World::answerLate(std::uint32_t which, Outcome wished) {
  if (dropped_.empty()) return std::nullopt;
  std::swap(dropped_[which % dropped_.size()], dropped_.back());
  const Call call = dropped_.back();
  dropped_.pop_back();
  ++counts_.late[static_cast<std::size_t>(call.kind)];
  return settledEvent(call, wished);
}

// A second answer cannot be told from that to a later call of the same kind on
// the same container; this world does not go so far.
bool World::isAskedAnew(const Call& call) const {
  const auto is_same = [&](const Call& other) {
    return other.kind == call.kind && other.id == call.id && call.kind != CallKind::Run;
  };
  const auto& calls = open_[static_cast<std::size_t>(call.kind)];
  return std::any_of(calls.begin(), calls.end(), is_same) ||
         std::any_of(dropped_.begin(), dropped_.end(), is_same);
}

std::optional<Event> World::answerAgain(std::uint32_t which, Outcome outcome) {
  if (answered_.empty()) return std::nullopt;
  const Call call = answered_[which % answered_.size()];
  if (isAskedAnew(call)) return std::nullopt;
  ++counts_.again[static_cast<std::size_t>(call.kind)];
  // After StartFailed nothing is left that could come up.
  return eventOf(call, call.kind == CallKind::Start ? call.outcome : outcome);
}

Outcome World::truthOf(const Call& call, Outcome wished) {
  const bool is_dead = of(call.id).is_dead;
  if (call.kind == CallKind::Run && call.result_known) {
    // The result is out: it has been received, and it ends once.
    return wished == Outcome::Well && !is_dead ? Outcome::Well : Outcome::Badly;
  }
  if (call.kind == CallKind::Probe) {
    if ((wished == Outcome::Well || wished == Outcome::ResultFirst) == is_dead) {
      ++counts_.lying_probes;
    }
    return wished;
  }
  if (is_dead && call.kind != CallKind::Start && call.kind != CallKind::Remove &&
      (wished == Outcome::Well || wished == Outcome::ResultFirst)) {
    return Outcome::Badly;
  }
  return wished;
}

Event World::settledEvent(Call call, Outcome wished) {
  const Outcome outcome = truthOf(call, wished);
  ++counts_.answered[static_cast<std::size_t>(call.kind)][static_cast<std::size_t>(outcome)];
  Event event = eventOf(call, outcome);
  settle(call, outcome);
  call.outcome = outcome;
  if (call.kind == CallKind::Run && outcome == Outcome::ResultFirst) {
    call.result_known = true;
    open_[static_cast<std::size_t>(CallKind::Run)].push_back(call);
  } else if (answered_.size() < kAnsweredMax) {
    answered_.push_back(call);
  } else {
    answered_[next_answered_++ % kAnsweredMax] = call;
  }
  return event;
}

Event World::eventOf(const Call& call, Outcome outcome) const {
  const bool is_well = outcome == Outcome::Well || outcome == Outcome::ResultFirst;
  const auto error = [] { return errorResponse(ActivationStatus::DeveloperError, "simulated"); };
  const auto either = [&](Event good, Event bad) { return is_well ? good : bad; };
  switch (call.kind) {
    case CallKind::Start:
      if (!is_well) return event::StartFailed{call.id, error()};
      return event::ContainerStarted{
          call.id,
          address_count_ == 0 ? "" : fmt::format("h{}", addressOf(call.id))};
    case CallKind::Init:
      if (is_well) return event::InitSucceeded{call.id};
      if (outcome == Outcome::Undelivered) return event::InitNotDelivered{call.id};
      return event::InitFailed{call.id, error()};
    case CallKind::Run:
      if (outcome == Outcome::ResultFirst) return event::ResultKnown{call.id, call.activation};
      if (outcome == Outcome::Undelivered) {
        return event::RunNotDelivered{call.id, call.activation};
      }
      return event::RunCompleted{call.id, call.activation,
                                 is_well ? ContainerFate::Reusable : ContainerFate::Broken};
    case CallKind::Pause:
      return either(event::ContainerPaused{call.id}, event::PauseFailed{call.id, "as told"});
    case CallKind::Resume:
      return either(event::ContainerResumed{call.id}, event::ResumeFailed{call.id, "as told"});
    case CallKind::Remove:
      return either(event::ContainerRemoved{call.id}, event::RemovalFailed{call.id, "as told"});
    default:
      return event::ProbeCompleted{call.id,
                                   is_well ? ProbeResult::Reachable : ProbeResult::Unreachable};
  }
}

void World::settle(const Call& call, Outcome outcome) {
  const bool is_well = outcome == Outcome::Well || outcome == Outcome::ResultFirst;
  Container& container = of(call.id);
  switch (call.kind) {
    case CallKind::Start:
      if (!is_well) return bury(call.id);
      container.is_started = true;
      return takeAddress(call.id);
    case CallKind::Init:
      container.is_initializing = false;
      container.is_initialized = is_well;
      break;
    case CallKind::Run:
      if (outcome == Outcome::ResultFirst) return;
      --container.runs;
      break;
    case CallKind::Pause:
      container.pause = Pause::Paused;
      break;
    case CallKind::Resume:
      container.pause = Pause::No;
      break;
    case CallKind::Remove:
      if (is_well) bury(call.id);
      return;
    default:
      return;
  }
  if (!is_well) container.is_doomed = true;
}

}  // namespace owpool::simulate
