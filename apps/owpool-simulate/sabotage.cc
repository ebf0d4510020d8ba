#include "owpool-simulate/sabotage.h"

#include <chrono>
#include <memory>

namespace owpool::simulate {
namespace {

constexpr std::string_view kNames[] = {
    "none",         "lose-answer",       "answer-twice", "run-twice",
    "run-again",    "run-elsewhere",     "run-uninitialized", "run-paused",
    "run-removed",  "run-too-many",      "run-at-taken-address", "other-code",
    "more-memory",  "extra-credits",     "early-removal", "step-back",
};

}  // namespace

std::optional<SabotageKind> parseSabotage(std::string_view name) {
  for (std::size_t i = 0; i < std::size(kNames); ++i) {
    if (kNames[i] == name) return static_cast<SabotageKind>(i);
  }
  return std::nullopt;
}

std::string_view sabotageName(SabotageKind kind) {
  return kNames[static_cast<std::size_t>(kind)];
}

std::optional<Event> Sabotage::told(const Event& event) const {
  const bool is_hidden =
      (kind_ == SabotageKind::RunUninitialized &&
       std::holds_alternative<event::InitSucceeded>(event)) ||
      (kind_ == SabotageKind::RunPaused &&
       std::holds_alternative<event::ContainerResumed>(event)) ||
      (kind_ == SabotageKind::RunTooMany && std::holds_alternative<event::RunCompleted>(event)) ||
      (kind_ == SabotageKind::EarlyRemoval &&
       std::holds_alternative<event::ContainerRemoved>(event));
  if (is_hidden) return std::nullopt;
  const auto* started = std::get_if<event::ContainerStarted>(&event);
  if (kind_ == SabotageKind::RunAtTakenAddress && started != nullptr) {
    return event::ContainerStarted{started->id, "taken"};
  }
  return event;
}

Effects Sabotage::done(const Effects& effects) {
  Effects changed;
  for (const Effect& effect : effects) change(effect, changed);
  return changed;
}

void Sabotage::change(const Effect& effect, Effects& changed) {
  if (const auto* answer = std::get_if<effect::AnswerWithResult>(&effect)) {
    if (kind_ == SabotageKind::LoseAnswer) return;
    if (kind_ == SabotageKind::AnswerTwice) changed.push_back(effect);
    if (kind_ == SabotageKind::RunAgain && last_run_ &&
        last_run_->activation == answer->activation) {
      changed.push_back(effect);
      changed.push_back(*last_run_);
      return;
    }
  }
  changed.push_back(effect);
  Effect& last = changed.back();
  if (auto* run = std::get_if<effect::RunActivation>(&last)) {
    last_run_ = *run;
    if (kind_ == SabotageKind::RunTwice) changed.push_back(effect);
    if (kind_ == SabotageKind::RunElsewhere) ++run->id.value;
    if (kind_ == SabotageKind::RunRemoved) {
      changed.insert(changed.end() - 1, effect::RemoveContainer{
                                            run->id, RemovalCause::RunFailed, run->timeout});
    }
  } else if (auto* start = std::get_if<effect::StartContainer>(&last)) {
    if (kind_ == SabotageKind::MoreMemory) start->memory += ByteSize::bytes(1);
  } else if (auto* credits = std::get_if<effect::GrantCredits>(&last)) {
    if (kind_ == SabotageKind::ExtraCredits) ++credits->count;
  } else if (auto* init = std::get_if<effect::InitializeContainer>(&last)) {
    if (kind_ != SabotageKind::OtherCode) return;
    Action other = *init->action;
    other.key = ActionKey(other.key.invocationNamespace(), other.key.name(), "another revision");
    init->action = std::make_shared<const Action>(std::move(other));
  }
}

TimePoint Sabotage::time(TimePoint now) const {
  constexpr TimePoint kFar(std::chrono::hours(1'000'000));
  return kind_ == SabotageKind::StepBack ? kFar - now.time_since_epoch() : now;
}

}  // namespace owpool::simulate
