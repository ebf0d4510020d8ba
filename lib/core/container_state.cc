#include "owpool/container_state.h"

#include "core/overloaded.h"

namespace owpool {

using internal::Overloaded;

const Action* actionOf(const ContainerData& data) {
  return std::visit(Overloaded{
                        [](const Starting&) -> const Action* { return nullptr; },
                        [](const Prewarmed&) -> const Action* { return nullptr; },
                        [](const Removing&) -> const Action* { return nullptr; },
                        [](const auto& bound) -> const Action* { return bound.action.get(); },
                    },
                    data.state);
}

int activeCountOf(const ContainerData& data) {
  return std::visit(Overloaded{
                        [](const Starting&) { return 0; },
                        [](const Prewarmed&) { return 0; },
                        [](const Removing&) { return 0; },
                        [](const auto& bound) { return bound.active_count; },
                    },
                    data.state);
}

bool hasCapacity(const ContainerData& data) {
  const auto below_limit = [](const auto& bound) {
    return bound.active_count < bound.action->concurrency_max;
  };
  return std::visit(Overloaded{
                        [](const Starting&) { return false; },
                        [](const Prewarmed&) { return false; },
                        [&](const WarmingCold& state) { return below_limit(state); },
                        [&](const Warming& state) { return below_limit(state); },
                        [&](const Warmed& state) { return below_limit(state); },
                        [](const Draining&) { return false; },
                        [](const Removing&) { return false; },
                    },
                    data.state);
}

bool isIdle(const ContainerData& data) {
  const auto* warmed = std::get_if<Warmed>(&data.state);
  return warmed != nullptr && warmed->active_count == 0;
}

bool isPrewarm(const ContainerData& data) {
  const auto* removing = std::get_if<Removing>(&data.state);
  return std::holds_alternative<Starting>(data.state) ||
         std::holds_alternative<Prewarmed>(data.state) ||
         (removing != nullptr && removing->was_prewarm);
}

std::string_view stateName(const ContainerState& state) {
  return std::visit(Overloaded{
                        [](const Starting&) { return "starting"; },
                        [](const Prewarmed&) { return "prewarmed"; },
                        [](const WarmingCold&) { return "warmingCold"; },
                        [](const Warming&) { return "warming"; },
                        [](const Warmed&) { return "warmed"; },
                        [](const Draining&) { return "draining"; },
                        [](const Removing&) { return "removing"; },
                    },
                    state);
}

std::string_view warmPhaseName(WarmPhase phase) {
  switch (phase) {
    case WarmPhase::Running: return "running";
    case WarmPhase::Ready: return "ready";
    case WarmPhase::Pausing: return "pausing";
    case WarmPhase::Paused: return "paused";
    case WarmPhase::Resuming: return "resuming";
  }
  return "?";
}

std::string_view removalCauseName(RemovalCause cause) {
  switch (cause) {
    case RemovalCause::Evicted: return "evicted";
    case RemovalCause::IdleTimeout: return "idleTimeout";
    case RemovalCause::StartFailed: return "startFailed";
    case RemovalCause::InitFailed: return "initFailed";
    case RemovalCause::RunFailed: return "runFailed";
    case RemovalCause::PauseFailed: return "pauseFailed";
    case RemovalCause::Unreachable: return "unreachable";
    case RemovalCause::Died: return "died";
    case RemovalCause::Unhealthy: return "unhealthy";
    case RemovalCause::Expired: return "expired";
    case RemovalCause::Shutdown: return "shutdown";
  }
  return "?";
}

}  // namespace owpool
