// A real pool whose decisions are noted by a decision log, and what owpoolctl makes of that.
// Activations and containers are named by small numbers.
#ifndef OWPOOL_TESTS_OWPOOLCTL_TOLD_POOL_H_
#define OWPOOL_TESTS_OWPOOLCTL_TOLD_POOL_H_

#include <catch2/catch.hpp>

#include <cstdint>
#include <string>
#include <utility>

#include "json/json.h"
#include "owpoold/admin/decision_log.h"
#include "owpoold/admin/story_json.h"
#include "tests/core/builders.h"

namespace owpool {

class ToldPool {
 public:
  explicit ToldPool(PoolConfig config = {}, daemon::DecisionLog::Limits limits = {})
      : log(config, limits), pool_(*Pool::create(config)), config_(std::move(config)) {
    tell(pool_.start(now));
  }

  void arrive(std::uint64_t id, const ActionPtr& action) {
    handle(event::ActivationArrived{{{0, id}, action}});
  }
  void started(std::uint64_t id, Duration later = 0ms) {
    now += later;
    handle(event::ContainerStarted{{id}, "host:" + std::to_string(id)});
  }
  void initialized(std::uint64_t id, Duration later = 0ms) {
    now += later;
    handle(event::InitSucceeded{{id}});
  }
  void completed(std::uint64_t id, std::uint64_t activation, Duration later = 0ms) {
    now += later;
    handle(event::RunCompleted{{id}, {0, activation}, ContainerFate::Reusable});
  }
  void removed(std::uint64_t id, Duration later = 0ms) {
    now += later;
    handle(event::ContainerRemoved{{id}});
  }
  void handle(Event event) {
    log.onEvent(event, now);
    tell(pool_.handle(std::move(event), now));
    pool_.checkInvariants();
  }
  // Lets time pass, and what falls due happen when it does.
  void after(Duration duration) {
    const TimePoint end = now + duration;
    while (pool_.nextDeadline() && *pool_.nextDeadline() <= end) {
      now = std::max(now, *pool_.nextDeadline());
      tell(pool_.advanceTo(now));
    }
    now = end;
  }

  // Starts a container for the action, which will be "id", and ends the run.
  void makeIdle(std::uint64_t id, std::uint64_t activation, const ActionPtr& action) {
    arrive(activation, action);
    started(id);
    initialized(id);
    completed(id, activation);
  }

  // What GET /activations/ID answers.
  json::Value story(std::uint64_t activation) const {
    const auto found = log.find({0, activation});
    REQUIRE(found);
    auto parsed = json::parse(daemon::storyJson(
        *found,
        {config_.user_memory, config_.idle_timeout, config_.starts_in_flight_max,
         log.stemCells(), config_.queue_discipline},
        1'700'000'000'000));
    REQUIRE(parsed.ok());
    return *std::move(parsed);
  }

  daemon::DecisionLog log;
  TimePoint now = at(1h);

 private:
  void tell(const Effects& effects) {
    for (const Effect& effect : effects) log.onEffect(effect, now);
  }

  Pool pool_;
  PoolConfig config_;
};

inline PoolConfig configOf(ByteSize user_memory) {
  PoolConfig config;
  config.user_memory = user_memory;
  return config;
}

inline ActionPtr named(std::string name, ByteSize memory = 256_MiB, std::string revision = "1",
                       int concurrency_max = 1) {
  ActionSpec spec;
  spec.name = std::move(name);
  spec.memory = memory;
  spec.revision = revision;
  spec.concurrency_max = concurrency_max;
  Action action = *makeAction(std::move(spec));
  action.version = "0.0." + revision;
  return std::make_shared<const Action>(std::move(action));
}

}  // namespace owpool

#endif  // OWPOOL_TESTS_OWPOOLCTL_TOLD_POOL_H_
