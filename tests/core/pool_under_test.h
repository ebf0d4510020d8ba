// A Pool with short calls, whose effects read as text and whose invariants are
// checked after every step. Activations are named by small numbers.
#ifndef OWPOOL_TESTS_CORE_POOL_UNDER_TEST_H_
#define OWPOOL_TESTS_CORE_POOL_UNDER_TEST_H_

#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

#include "core/overloaded.h"
#include "tests/core/builders.h"

namespace owpool {

using Lines = std::vector<std::string>;

inline std::string textOf(const Effect& effect) {
  const auto on = [](const char* what, ContainerId id) {
    return fmt::format("{} #{}", what, id.value);
  };
  const auto of = [](const char* what, ActivationId id) {
    return fmt::format("{} a{}", what, id.low);
  };
  return std::visit(
      internal::Overloaded{
          [&](const effect::AnswerWithResult& e) { return of("Answer", e.activation); },
          [&](const effect::AnswerWithError& e) {
            return of("Error", e.activation) + " " + e.response.result;
          },
          [&](const effect::RefuseActivation& e) {
            return of("Refuse", e.activation) + " " + std::string(refusalReasonName(e.reason));
          },
          [&](const effect::StartContainer& e) {
            return on("Start", e.id) +
                   (e.purpose == StartPurpose::StemCell ? " stem cell"
                                                        : " for " + e.action->key.name());
          },
          [&](const effect::InitializeContainer& e) {
            return on("Init", e.id) + fmt::format(" a{}", e.activation.low);
          },
          [&](const effect::RunActivation& e) {
            return on("Run", e.id) + fmt::format(" a{}", e.activation.low);
          },
          [&](const effect::PauseContainer& e) { return on("Pause", e.id); },
          [&](const effect::ResumeContainer& e) { return on("Resume", e.id); },
          [&](const effect::RemoveContainer& e) {
            return on("Remove", e.id) + " " + std::string(removalCauseName(e.cause));
          },
          [&](const effect::ProbeContainer& e) { return on("Probe", e.id); },
          [&](const effect::AbandonContainer& e) { return on("Abandon", e.id); },
          [&](const effect::RemovalGivenUp& e) { return on("Given up", e.id); },
          [&](const effect::ActivationPlaced& e) {
            return of("Placed", e.activation) +
                   fmt::format(" #{} {}", e.id.value, startKindName(e.kind));
          },
          [&](const effect::ActivationWaits& e) { return of("Waits", e.activation); },
          [](const effect::PrewarmsChecked& e) {
            return fmt::format("Checked {} cold={} expired={} wanted={}", e.runtime.kind,
                               e.cold_start_count, e.expired_count, e.wanted_count);
          },
          [&](const effect::GrantCredits& e) { return fmt::format("Credits {}", e.count); },
      },
      effect);
}

class PoolUnderTest {
 public:
  explicit PoolUnderTest(PoolConfig config = {}) : pool_(*Pool::create(std::move(config))) {
    started_with = take(pool_.start(now));
  }

  Lines arrive(std::uint64_t id, const ActionPtr& action) {
    return handle(event::ActivationArrived{{{0, id}, action}});
  }
  Lines started(std::uint64_t id, std::string address = "") {
    return handle(event::ContainerStarted{{id}, std::move(address)});
  }
  Lines startFailed(std::uint64_t id) {
    return handle(
        event::StartFailed{{id}, errorResponse(ActivationStatus::WhiskError, "no start")});
  }
  Lines initialized(std::uint64_t id) { return handle(event::InitSucceeded{{id}}); }
  Lines initFailed(std::uint64_t id) {
    return handle(
        event::InitFailed{{id}, errorResponse(ActivationStatus::DeveloperError, "no init")});
  }
  Lines completed(std::uint64_t id, std::uint64_t activation,
                  ContainerFate fate = ContainerFate::Reusable) {
    return handle(event::RunCompleted{{id}, {0, activation}, fate});
  }
  Lines resultKnown(std::uint64_t id, std::uint64_t activation) {
    return handle(event::ResultKnown{{id}, {0, activation}});
  }
  Lines notDelivered(std::uint64_t id, std::uint64_t activation) {
    return handle(event::RunNotDelivered{{id}, {0, activation}});
  }
  Lines paused(std::uint64_t id) { return handle(event::ContainerPaused{{id}}); }
  Lines resumed(std::uint64_t id) { return handle(event::ContainerResumed{{id}}); }
  Lines removed(std::uint64_t id) { return handle(event::ContainerRemoved{{id}}); }
  Lines died(std::uint64_t id) { return handle(event::ContainerDied{{id}}); }

  Lines handle(Event event) { return take(pool_.handle(std::move(event), now)); }
  Lines after(Duration duration) {
    now += duration;
    return take(pool_.advanceTo(now));
  }
  Lines shutDown(Duration drain_time) { return take(pool_.shutDown(drain_time, now)); }

  // Brings a container of "action" up with activation "activation" running on it.
  // REQUIRES: there is room for a new one, which will be "id".
  void runCold(std::uint64_t id, std::uint64_t activation, const ActionPtr& action) {
    arrive(activation, action);
    started(id);
    initialized(id);
  }
  // The same, and ends the run: the container is idle.
  void makeIdle(std::uint64_t id, std::uint64_t activation, const ActionPtr& action) {
    runCold(id, activation, action);
    completed(id, activation);
  }

  std::string stateOf(std::uint64_t id) const {
    const ContainerData* data = pool_.containers().find({id});
    if (data == nullptr) return "gone";
    const auto* warmed = std::get_if<Warmed>(&data->state);
    return warmed == nullptr ? std::string(stateName(data->state))
                             : std::string(warmPhaseName(warmed->phase));
  }

  const Pool& pool() const { return pool_; }
  PoolStats stats() const { return pool_.stats(); }

  TimePoint now = at(1h);
  Lines started_with;  // The effects of start().

 private:
  Lines take(const Effects& effects) {
    pool_.checkInvariants();
    Lines lines;
    for (const Effect& effect : effects) lines.push_back(textOf(effect));
    return lines;
  }

  Pool pool_;
};

inline PoolConfig configOf(ByteSize user_memory) {
  PoolConfig config;
  config.user_memory = user_memory;
  return config;
}

inline ActionPtr named(std::string name, ByteSize memory = 256_MiB, int concurrency_max = 1) {
  ActionSpec spec;
  spec.name = std::move(name);
  spec.memory = memory;
  spec.concurrency_max = concurrency_max;
  return makeAction(spec);
}

}  // namespace owpool

#endif  // OWPOOL_TESTS_CORE_POOL_UNDER_TEST_H_
