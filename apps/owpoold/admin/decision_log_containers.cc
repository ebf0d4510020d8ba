// The part of the decision log that follows containers: from an order to start one to its
// removal, and what that means for the activations that were given to it.
#include "owpoold/admin/decision_log.h"

#include <algorithm>

namespace owpool::daemon {

// ---- Start and init

void DecisionLog::on(const effect::StartContainer& effect, TimePoint now) {
  if (containers_.find(effect.id) != nullptr) return;  // Noted when it got its activation.
  const ActionFactsPtr action =
      effect.action == nullptr ? nullptr : containers_.used(*effect.action);
  containers_.add(effect.id, effect.runtime.kind, effect.memory, action, now);
}

void DecisionLog::on(const event::ContainerStarted& event, TimePoint now) {
  containers_.started(event.id, event.address, now);
}

void DecisionLog::on(const event::StartFailed& event, TimePoint now) {
  containers_.removalOrdered(event.id, RemovalCause::StartFailed, now);
  containers_.gone(event.id);
}

void DecisionLog::on(const effect::InitializeContainer& effect, TimePoint now) {
  ContainerLog::Living* living = containers_.find(effect.id);
  if (living == nullptr) return;
  living->life->init_began = now;
  if (living->life->action == nullptr) containers_.bind(*living, containers_.used(*effect.action));
}

void DecisionLog::initEnded(ContainerId id, ContainerLife::InitOutcome outcome, TimePoint now) {
  const ContainerLog::Living* living = containers_.find(id);
  if (living == nullptr || living->life->init_ended) return;
  living->life->init_ended = now;
  living->life->init_outcome = outcome;
}

void DecisionLog::on(const event::InitSucceeded& event, TimePoint now) {
  initEnded(event.id, ContainerLife::InitOutcome::Taken, now);
}

void DecisionLog::on(const event::InitFailed& event, TimePoint now) {
  initEnded(event.id, ContainerLife::InitOutcome::Failed, now);
}

void DecisionLog::on(const event::InitNotDelivered& event, TimePoint now) {
  initEnded(event.id, ContainerLife::InitOutcome::NotDelivered, now);
}

// ---- Pause and run

void DecisionLog::on(const effect::ResumeContainer& effect, TimePoint now) {
  const ContainerLog::Living* living = containers_.find(effect.id);
  if (living == nullptr) return;
  for (const ActivationId id : living->assigned) {
    if (Placement* placement = placementOf(id)) placement->resume_ordered = now;
  }
}

void DecisionLog::on(const event::ContainerResumed& event, TimePoint now) {
  const ContainerLog::Living* living = containers_.find(event.id);
  if (living == nullptr) return;
  for (const ActivationId id : living->assigned) {
    Placement* placement = placementOf(id);
    if (placement != nullptr && placement->resume_ordered) placement->resumed = now;
  }
}

void DecisionLog::on(const effect::RunActivation& effect, TimePoint now) {
  if (Placement* placement = placementOf(effect.activation)) placement->run_began = now;
}

void DecisionLog::on(const event::ResultKnown& event, TimePoint now) {
  Placement* placement = placementOf(event.activation);
  if (placement != nullptr && !placement->run_ended) placement->run_ended = now;
}

void DecisionLog::on(const event::RunCompleted& event, TimePoint now) {
  runEnded(event.id, event.activation, now);
}

void DecisionLog::runEnded(ContainerId id, ActivationId activation, TimePoint now) {
  if (ContainerLog::Living* living = containers_.find(id)) {
    auto& assigned = living->assigned;
    assigned.erase(std::remove(assigned.begin(), assigned.end(), activation), assigned.end());
    living->life->last_used = now;
  }
  Placement* placement = placementOf(activation);
  if (placement != nullptr && placement->run_began && !placement->run_ended) {
    placement->run_ended = now;
  }
}

// ---- Back to those that wait

void DecisionLog::giveBack(ActivationStory& story, TimePoint now) {
  if (story.answer || story.placements.empty() || story.placements.back().given_up) return;
  story.placements.back().given_up = now;
  waiting_.insert({story.arrived, story.id});
}

void DecisionLog::giveBack(ContainerId id, TimePoint now) {
  ContainerLog::Living* living = containers_.find(id);
  if (living == nullptr) return;
  for (const ActivationId activation : living->assigned) {
    const StoryPtr story = storyOf(activation);
    if (story == nullptr || story->placements.empty()) continue;
    const Placement& placement = story->placements.back();
    if (placement.container->id == id && !placement.run_began) giveBack(*story, now);
  }
}

void DecisionLog::on(const event::RunNotDelivered& event, TimePoint now) {
  const StoryPtr story = storyOf(event.activation);
  if (story == nullptr) return;
  if (!story->placements.empty()) story->placements.back().run_began = std::nullopt;
  giveBack(*story, now);
  runEnded(event.id, event.activation, now);
}

void DecisionLog::on(const effect::AbandonContainer& effect, TimePoint now) {
  giveBack(effect.id, now);
}

// ---- The end

void DecisionLog::on(const effect::RemoveContainer& effect, TimePoint now) {
  giveBack(effect.id, now);
  containers_.removalOrdered(effect.id, effect.cause, now);
}

void DecisionLog::on(const event::ContainerRemoved& event, TimePoint) {
  containers_.gone(event.id);
}

void DecisionLog::on(const effect::RemovalGivenUp& effect, TimePoint) {
  containers_.gone(effect.id);
}

void DecisionLog::on(const effect::PrewarmsChecked& effect, TimePoint) {
  containers_.wants(effect.runtime, effect.memory, effect.wanted_count);
}

}  // namespace owpool::daemon
