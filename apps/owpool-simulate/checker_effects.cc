// What the pool may answer and say, given what the checker knows. Each rule is
// stated where it is required.
#include <utility>

#include "owpool-simulate/checker.h"

namespace owpool::simulate {

Checker::Container* Checker::known(ContainerId id) {
  Container* container = find(id);
  require(container != nullptr, "effects are about containers that exist");
  return container;
}

Checker::Activity* Checker::waiting(ActivationId id) {
  Activity* activity = find(id);
  require(activity != nullptr && !activity->is_answered,
          "effects are about activations that were accepted and not answered");
  return activity == nullptr || activity->is_answered ? nullptr : activity;
}

bool Checker::isFit(const Container& container) const {
  return !container.is_given_up && !container.is_removal_ordered;
}

// ---- Answers

void Checker::on(const effect::AnswerWithResult& effect) {
  Activity* activity = waiting(effect.activation);
  if (activity == nullptr) return;
  require(activity->is_result_known, "an answer with a result follows the end of its run");
  activity->is_answered = true;
  --unanswered_count_;
}

void Checker::on(const effect::AnswerWithError& effect) {
  Activity* activity = waiting(effect.activation);
  if (activity == nullptr) return;
  require(!activity->is_result_known, "a known result is the answer");
  if (activity->is_running) {
    require(now_ >= activity->run_deadline || isDrainOver(),
            "a run has its time before the pool gives it up");
    if (Container* container = find(activity->container)) container->is_given_up = true;
  }
  require(activity->is_placed || isDrainOver(),
          "what waits in the buffer gets an error only when the pool's time is over");
  activity->is_answered = true;
  --unanswered_count_;
}

void Checker::on(const effect::RefuseActivation& effect) {
  Activity* activity = waiting(effect.activation);
  if (activity == nullptr) return;
  require(arriving_ == effect.activation, "only an arrival is refused, and at once");
  const Action& action = *activity->action;
  const bool is_valid = action.memory > ByteSize() && action.concurrency_max >= 1 &&
                        action.time_limit > Duration::zero();
  switch (effect.reason) {
    case RefusalReason::InvalidAction:
      require(!is_valid, "a valid action is not refused as invalid");
      break;
    case RefusalReason::LargerThanPool:
      require(action.memory > config_.user_memory,
              "what fits the pool is not refused as too large");
      break;
    case RefusalReason::BufferFull:
      require(unanswered_count_ - 1 >= config_.buffer_count_max, "a buffer with room is not full");
      break;
    case RefusalReason::ShuttingDown:
      require(drain_deadline_.has_value(), "a pool that serves is not shutting down");
      break;
  }
  activity->is_answered = true;
  --unanswered_count_;
}

// ---- Told

void Checker::on(const effect::ActivationPlaced& effect) {
  Activity* activity = waiting(effect.activation);
  if (activity == nullptr) return;
  require(!activity->is_running, "an activation that runs is not placed");
  if (!activity->is_placed && config_.queue_discipline == QueueDiscipline::Fifo &&
      config_.blocking_priority == BlockingPriority::None) {
    require(effect.activation > last_first_placed_, "what came first is placed first");
    last_first_placed_ = effect.activation;
  }
  activity->is_placed = true;
  activity->container = effect.id;
  checkReasons(effect);
  if (effect.kind == StartKind::Cold || effect.kind == StartKind::Recreated) {
    to_be_started_ = effect.id;
    countColdStart(*activity->action);
    return;
  }
  if (const Container* container = known(effect.id)) {
    checkPlaced(*container, *activity, effect.kind);
  }
}

void Checker::checkPlaced(const Container& container, const Activity& activity, StartKind kind) {
  require(isFit(container), "nothing is placed on a container that was given up");
  if (kind == StartKind::Prewarmed || kind == StartKind::RecreatedPrewarm) {
    require(container.prewarm && !container.is_start_pending,
            "an activation placed on a stem cell finds one");
    return;
  }
  require(container.action && container.action->key == activity.action->key,
          "an activation shares a container with its like only");
  const bool is_as_said = kind == StartKind::Warmed    ? container.is_initialized
                          : kind == StartKind::Warming ? container.is_init_pending
                                                       : container.is_start_pending;
  require(is_as_said, "a container is as warm as the pool says");
}

void Checker::checkReasons(const effect::ActivationPlaced& placed) {
  const bool is_warm = placed.kind == StartKind::Warmed || placed.kind == StartKind::Warming ||
                       placed.kind == StartKind::WarmingCold;
  const bool is_recreated =
      placed.kind == StartKind::Recreated || placed.kind == StartKind::RecreatedPrewarm;
  require(is_warm == (placed.warm_miss == WarmMiss::None), "what did not run warm has a reason");
  require(is_warm || is_recreated == !placed.evicted.empty(),
          "a container is recreated iff others were evicted for it");
  require(placed.waited >= Duration::zero() &&
              (placed.waited == Duration::zero() || placed.waited_for.has_value()),
          "who waited did so for something");
  for (const ContainerId evicted : placed.evicted) {
    const Container* container = find(evicted);
    require(container == nullptr || container->is_removal_ordered,
            "what was evicted was ordered to go");
  }
}

void Checker::countColdStart(const Action& action) {
  if (const auto prewarm = prewarmOf(action.runtime, action.memory)) {
    ++stem_cells_[*prewarm].cold_start_count;
  }
}

void Checker::on(const effect::PrewarmsChecked& effect) {
  const auto prewarm = prewarmOf(effect.runtime, effect.memory);
  require(prewarm.has_value(), "stem cells are of a configured kind");
  if (!prewarm) return;
  StemCells& stem_cells = stem_cells_[*prewarm];
  require(effect.cold_start_count == std::exchange(stem_cells.cold_start_count, 0),
          "cold starts are counted from check to check");
  require(effect.expired_count == std::exchange(stem_cells.expired_count, 0),
          "as many expired as were removed for it");
  const PrewarmConfig& config = config_.prewarms[*prewarm];
  require(config.reactive ? effect.wanted_count >= config.reactive->count_min &&
                                effect.wanted_count <= config.reactive->count_max
                          : effect.wanted_count == config.count,
          "what is wanted is within what is configured");
  stem_cells.wanted_count = effect.wanted_count;
}

void Checker::on(const effect::ActivationWaits& effect) {
  Activity* activity = waiting(effect.activation);
  if (activity == nullptr) return;
  require(!activity->is_running, "an activation that runs does not wait");
  require(!activity->wait_reported ||
              now_ - *activity->wait_reported >= config_.waiting_report_interval,
          "waiting is reported once in an interval");
  activity->wait_reported = now_;
  require(effect.reason != WaitReason::StartsInFlight ||
              starts_in_flight_ == config_.starts_in_flight_max,
          "who waits for other starts finds as many as there may be");
  require(effect.reason != WaitReason::Removal ||
              removing_user_memory_ + removing_prewarm_memory_ > ByteSize(),
          "who waits for a removal finds one");
}

void Checker::on(const effect::GrantCredits& effect) {
  require(effect.count > 0, "credits are granted, not taken");
  require(!drain_deadline_, "a pool that shuts down grants no credits");
  unused_credits_ += effect.count;
  require(unused_credits_ + unanswered_count_ <= config_.feed_credits,
          "credits and unanswered activations never exceed what is configured");
}

}  // namespace owpool::simulate
