// What the pool may ask of the world, given what the checker knows. Each rule is
// stated where it is required.
#include "owpool-simulate/checker.h"

namespace owpool::simulate {

std::optional<std::size_t> Checker::prewarmOf(const RuntimeKind& runtime, ByteSize memory) const {
  for (std::size_t i = 0; i < config_.prewarms.size(); ++i) {
    if (config_.prewarms[i].runtime == runtime && config_.prewarms[i].memory == memory) return i;
  }
  return std::nullopt;
}

void Checker::on(const effect::StartContainer& effect) {
  require(effect.id.value >= containers_.size(), "container ids increase and are never reused");
  if (effect.id.value >= containers_.size()) containers_.resize(effect.id.value + 1);
  Container& container = containers_[effect.id.value];
  container = Container();
  container.is_known = true;
  container.is_start_pending = true;
  container.memory = effect.memory;
  container.is_user = effect.purpose == StartPurpose::Activation;
  container.action = effect.action;
  container.last_used = now_;
  ++known_count_;
  require(effect.memory > ByteSize(), "a container has memory");
  require(++starts_in_flight_ <= config_.starts_in_flight_max,
          "no more containers are started at once than configured");
  if (container.is_user) {
    require(to_be_started_ == effect.id, "a container is started for an activation placed on it");
    to_be_started_.reset();
    require(effect.action && effect.action->memory == effect.memory &&
                effect.action->runtime == effect.runtime,
            "a container is what its action asks for");
    user_memory_ += effect.memory;
    requireGrantKept();
    return;
  }
  require(!drain_deadline_, "a pool that shuts down starts no stem cell");
  prewarm_memory_ += effect.memory;
  container.prewarm = prewarmOf(effect.runtime, effect.memory);
  require(container.prewarm.has_value(), "stem cells are of a configured kind");
  if (!container.prewarm) return;
  StemCells& stem_cells = stem_cells_[*container.prewarm];
  require(++stem_cells.count <= stem_cells.wanted_count,
          "no stem cell is started beyond the wanted number");
  requireGrantKept();
}

void Checker::on(const effect::InitializeContainer& effect) {
  Container* container = known(effect.id);
  Activity* activity = waiting(effect.activation);
  if (container == nullptr || activity == nullptr) return;
  require(isFit(*container), "nothing is sent to a container that was given up");
  require(!container->is_start_pending && !container->is_init_pending &&
              !container->is_initialized,
          "a container takes code once, after its start");
  require(effect.action && activity->action->key == effect.action->key &&
              activity->container == effect.id,
          "a container takes the code of the activation placed on it");
  if (!effect.action) return;
  require(!container->action || container->action->key == effect.action->key,
          "a container started for an action serves no other");
  if (!container->is_user) {
    const auto prewarm = prewarmOf(effect.action->runtime, effect.action->memory);
    require(prewarm && prewarm == container->prewarm, "a stem cell is taken by an action like it");
    leaveStemCells(*container);
    prewarm_memory_ -= container->memory;
    user_memory_ += container->memory;
    container->is_user = true;
    requireGrantKept();
  }
  container->action = effect.action;
  container->is_init_pending = true;
}

void Checker::on(const effect::RunActivation& effect) {
  Container* container = known(effect.id);
  Activity* activity = waiting(effect.activation);
  if (container == nullptr || activity == nullptr) return;
  require(isFit(*container), "nothing is sent to a container that was given up");
  require(container->is_initialized, "an activation runs on a container that took its code");
  require(container->action && container->action->key == activity->action->key,
          "a container runs the action that it took, and nothing else");
  require(container->pause == Pause::No, "nothing runs on a container that is paused");
  require(activity->is_placed && activity->container == effect.id,
          "an activation runs where it was placed");
  require(!activity->is_running, "an activation is not sent twice");
  ++container->runs;
  require(!container->action || container->runs <= container->action->concurrency_max,
          "a container runs no more activations at once than its action allows");
  container->last_used = now_;
  activity->is_running = true;
  activity->run_deadline = now_ + activity->action->time_limit + config_.call_grace;
}

void Checker::on(const effect::PauseContainer& effect) {
  Container* container = known(effect.id);
  if (container == nullptr) return;
  require(isFit(*container), "nothing is sent to a container that was given up");
  require(container->is_initialized && container->runs == 0 && container->pause == Pause::No,
          "only an idle container is paused");
  require(config_.pause_grace && now_ - container->last_used >= *config_.pause_grace,
          "a container has its grace before it is paused");
  container->pause = Pause::Pausing;
}

void Checker::on(const effect::ResumeContainer& effect) {
  Container* container = known(effect.id);
  if (container == nullptr) return;
  require(isFit(*container), "nothing is sent to a container that was given up");
  require(container->pause == Pause::Paused, "only a paused container is resumed");
  container->pause = Pause::Resuming;
}

void Checker::on(const effect::RemoveContainer& effect) {
  Container* container = known(effect.id);
  if (container == nullptr) return;
  if (!container->is_removal_ordered) {
    checkRemoved(*container, effect.cause);
    (container->is_user ? removing_user_memory_ : removing_prewarm_memory_) += container->memory;
    if (container->is_start_pending) --starts_in_flight_;
  }
  require(!container->is_removal_pending || now_ >= container->call_deadline,
          "a removal has its time before it is tried again");
  container->is_removal_ordered = true;
  container->is_removal_pending = true;
  container->call_deadline = now_ + config_.removal_timeout;
  leaveStemCells(*container);
}

void Checker::checkRemoved(const Container& container, RemovalCause cause) {
  const bool is_idle = container.is_initialized && container.runs == 0;
  switch (cause) {
    case RemovalCause::Evicted:
      require(is_idle || (isShared() && container.prewarm && !container.is_start_pending),
              "only an idle container is evicted");
      return;
    case RemovalCause::Expired:
      require(container.prewarm && !container.is_start_pending, "only stem cells expire");
      if (container.prewarm) checkExpired(container, *container.prewarm);
      return;
    case RemovalCause::IdleTimeout:
      require(is_idle && now_ - container.last_used >= config_.idle_timeout,
              "a container is idle for its whole time before it goes");
      return;
    case RemovalCause::Unhealthy:
      require(!container.is_user && config_.prewarm_health.enabled,
              "only stem cells are probed, and only if that is on");
      return;
    case RemovalCause::Shutdown:
      require(drain_deadline_.has_value(), "a pool that serves is not shutting down");
      return;
    case RemovalCause::Died:
    case RemovalCause::Unreachable:
      require(container.is_given_up, "a container that is sound is not removed as broken");
      return;
    case RemovalCause::StartFailed:
    case RemovalCause::InitFailed:
    case RemovalCause::RunFailed:
    case RemovalCause::PauseFailed:
      return;  // Also when an answer did not come, which the checker does not see.
  }
}

void Checker::checkExpired(const Container& container, std::size_t prewarm) {
  const auto& reactive = config_.prewarms[prewarm].reactive;
  require(reactive && now_ - container.last_used >= reactive->time_to_live,
          "only a reactive stem cell expires, after its time to live");
  ++stem_cells_[prewarm].expired_count;
}

void Checker::requireGrantKept() {
  ByteSize committed = user_memory_;
  if (isShared()) committed += prewarm_memory_;
  if (config_.memory_accounting.release == MemoryRelease::WhenRemovalStarts) {
    committed -= removing_user_memory_;
    if (isShared()) committed -= removing_prewarm_memory_;
  }
  require(committed <= config_.user_memory, "committed memory never exceeds the grant");
}

void Checker::on(const effect::ProbeContainer& effect) {
  Container* container = known(effect.id);
  if (container == nullptr) return;
  require(isFit(*container), "nothing is sent to a container that was given up");
  require(config_.prewarm_health.enabled && !container->is_user && !container->is_start_pending,
          "only stem cells are probed, and only if that is on");
  require(!container->is_probe_pending || now_ >= container->call_deadline,
          "a probe has its time before the next");
  container->is_probe_pending = true;
  container->call_deadline = now_ + config_.prewarm_health.timeout + config_.call_grace;
}

void Checker::on(const effect::AbandonContainer& effect) {
  Container* container = known(effect.id);
  if (container == nullptr) return;
  require(container->action != nullptr && !container->is_removal_ordered,
          "only a container that may have something in flight is abandoned");
  container->is_given_up = true;
}

void Checker::on(const effect::RemovalGivenUp& effect) {
  Container* container = known(effect.id);
  if (container == nullptr) return;
  require(drain_deadline_.has_value() && container->is_removal_ordered,
          "a removal is given up by a pool that shuts down only");
  gone(effect.id);
}

}  // namespace owpool::simulate
