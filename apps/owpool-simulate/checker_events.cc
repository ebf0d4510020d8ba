// What the checker learns from the events that the pool is given. It has to know
// which of them the pool may ignore: those that no open effect asked for.
#include <utility>

#include "owpool-simulate/checker.h"

namespace owpool::simulate {

void Checker::on(const event::ActivationArrived& event) {
  if (unused_credits_ > 0) --unused_credits_;
  const ActivationId id = event.activation.id;
  if (id.low >= activations_.size()) activations_.resize(id.low + 1);
  Activity& activity = activations_[id.low];
  if (activity.action) return;  // It is there already: ignored.
  activity.action = event.activation.action;
  ++unanswered_count_;
  arriving_ = id;
}

void Checker::on(const event::ContainerStarted& event) {
  Container* container = find(event.id);
  if (container == nullptr || !std::exchange(container->is_start_pending, false)) return;
  if (!container->is_removal_ordered) --starts_in_flight_;
  container->last_used = now_;
  // One that is known to be dead came up, and ended, before whoever is there now.
  if (event.address.empty() || container->has_died) return;
  container->address = event.address;
  const auto [at, added] = by_address_.try_emplace(event.address, event.id);
  if (added) return;
  if (Container* previous = find(at->second)) previous->is_given_up = true;
  at->second = event.id;
}

void Checker::on(const event::StartFailed& event) {
  Container* container = find(event.id);
  if (container == nullptr || !std::exchange(container->is_start_pending, false)) return;
  if (container->is_removal_ordered) return;
  --starts_in_flight_;
  gone(event.id);
}

void Checker::on(const event::InitSucceeded& event) {
  Container* container = find(event.id);
  if (container == nullptr || !std::exchange(container->is_init_pending, false)) return;
  container->is_initialized = true;
  container->last_used = now_;
}

void Checker::initFailed(ContainerId id) {
  Container* container = find(id);
  if (container == nullptr || !std::exchange(container->is_init_pending, false)) return;
  container->is_given_up = true;
}

Checker::Activity* Checker::runningOn(ContainerId id, ActivationId activation) {
  Activity* activity = find(activation);
  const bool is_it =
      activity != nullptr && activity->is_running && activity->container == id && find(id);
  return is_it ? activity : nullptr;
}

void Checker::on(const event::ResultKnown& event) {
  if (Activity* activity = runningOn(event.id, event.activation)) activity->is_result_known = true;
}

void Checker::on(const event::RunCompleted& event) {
  Activity* activity = runningOn(event.id, event.activation);
  if (activity == nullptr) return;
  activity->is_result_known = true;
  activity->is_running = false;
  Container& container = *find(event.id);
  --container.runs;
  container.last_used = now_;
  if (event.fate == ContainerFate::Broken) container.is_given_up = true;
}

void Checker::on(const event::RunNotDelivered& event) {
  Activity* activity = runningOn(event.id, event.activation);
  if (activity == nullptr || activity->is_result_known) return;
  activity->is_running = false;
  Container& container = *find(event.id);
  --container.runs;
  container.is_given_up = true;
}

void Checker::on(const event::ContainerPaused& event) {
  Container* container = find(event.id);
  if (container && container->pause == Pause::Pausing) container->pause = Pause::Paused;
}

void Checker::on(const event::PauseFailed& event) {
  Container* container = find(event.id);
  if (container && container->pause == Pause::Pausing) container->is_given_up = true;
}

void Checker::on(const event::ContainerResumed& event) {
  Container* container = find(event.id);
  if (container && container->pause == Pause::Resuming) container->pause = Pause::No;
}

void Checker::on(const event::ResumeFailed& event) {
  Container* container = find(event.id);
  if (container && container->pause == Pause::Resuming) container->is_given_up = true;
}

void Checker::on(const event::ContainerRemoved& event) {
  Container* container = find(event.id);
  if (container && container->is_removal_ordered) gone(event.id);  // Whichever order it answers.
}

void Checker::on(const event::RemovalFailed& event) {
  if (Container* container = find(event.id)) container->is_removal_pending = false;
}

void Checker::on(const event::ContainerDied& event) {
  Container* container = find(event.id);
  if (container != nullptr) container->is_given_up = container->has_died = true;
}

void Checker::on(const event::ProbeCompleted& event) {
  if (Container* container = find(event.id)) container->is_probe_pending = false;
}

void Checker::gone(ContainerId id) {
  Container& container = *find(id);
  leaveStemCells(container);
  (container.is_user ? user_memory_ : prewarm_memory_) -= container.memory;
  if (container.is_removal_ordered) {
    (container.is_user ? removing_user_memory_ : removing_prewarm_memory_) -= container.memory;
  }
  --known_count_;
  if (!container.address.empty()) {
    const auto at = by_address_.find(container.address);
    if (at != by_address_.end() && at->second == id) by_address_.erase(at);
  }
  container = Container();
}

void Checker::leaveStemCells(Container& container) {
  if (container.prewarm) --stem_cells_[*container.prewarm].count;
  container.prewarm.reset();
}

}  // namespace owpool::simulate
