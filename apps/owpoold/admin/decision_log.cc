#include "owpoold/admin/decision_log.h"

#include <algorithm>
#include <string>
#include <type_traits>
#include <variant>

namespace owpool::daemon {
namespace {

constexpr std::size_t kPlacementsMax = 6;
constexpr std::size_t kWaitNotesMax = 6;
constexpr std::size_t kErrorBytesMax = 1000;

// Those of an activation that never ends to be moved about are too many.
template <typename T>
void append(std::vector<T>& list, T item, std::size_t count_max, int& dropped) {
  if (list.size() == count_max) {
    list.erase(list.begin());
    ++dropped;
  }
  list.push_back(std::move(item));
}

ContainerLifePtr copyOf(const ContainerLifePtr& life) {
  return life == nullptr ? nullptr : std::make_shared<ContainerLife>(*life);
}

}  // namespace

std::string_view stemCellMissName(StemCellMiss miss) {
  switch (miss) {
    case StemCellMiss::None: return "none";
    case StemCellMiss::NoneOfKind: return "noneOfKind";
    case StemCellMiss::OtherMemory: return "otherMemory";
    case StemCellMiss::NoneWanted: return "noneWanted";
    case StemCellMiss::NoneReady: return "noneReady";
  }
  return "";
}

DecisionLog::DecisionLog(const PoolConfig& config, Limits limits)
    : limits_(limits), containers_(config.prewarms, limits.actions_max) {}

void DecisionLog::onEvent(const Event& event, TimePoint now) {
  const std::lock_guard lock(mutex_);
  std::visit(
      [&](const auto& e) {
        if constexpr (requires { on(e, now); }) on(e, now);
      },
      event);
}

void DecisionLog::onEffect(const Effect& effect, TimePoint now) {
  const std::lock_guard lock(mutex_);
  std::visit(
      [&](const auto& e) {
        if constexpr (requires { on(e, now); }) on(e, now);
      },
      effect);
}

// ---- For those who read

std::optional<ActivationStory> DecisionLog::find(ActivationId id) const {
  const std::lock_guard lock(mutex_);
  const StoryPtr known = storyOf(id);
  if (known == nullptr) return std::nullopt;
  ActivationStory story = *known;
  for (Placement& placement : story.placements) {
    placement.container = copyOf(placement.container);
    placement.previous = copyOf(placement.previous);
    for (ContainerLifePtr& evicted : placement.evicted) evicted = copyOf(evicted);
  }
  return story;
}

std::vector<ActivationId> DecisionLog::between(ActivationId first, ActivationId last) const {
  const std::lock_guard lock(mutex_);
  std::vector<ActivationId> found;
  for (const StoryPtr& story : stories_) {
    if (first <= story->id && story->id <= last) found.push_back(story->id);
  }
  return found;
}

std::vector<StemCells> DecisionLog::stemCells() const {
  const std::lock_guard lock(mutex_);
  return containers_.stemCells();
}

std::vector<ContainerLife> DecisionLog::containers() const {
  const std::lock_guard lock(mutex_);
  return containers_.living();
}

std::optional<TimePoint> DecisionLog::oldestWaiting() const {
  const std::lock_guard lock(mutex_);
  if (waiting_.empty()) return std::nullopt;
  return waiting_.begin()->first;
}

// ---- Arrival, waiting, answer

DecisionLog::StoryPtr DecisionLog::storyOf(ActivationId id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : found->second;
}

void DecisionLog::on(const event::ActivationArrived& event, TimePoint now) {
  const Activation& activation = event.activation;
  if (by_id_.contains(activation.id)) return;  // The pool ignores it too.
  auto story = std::make_shared<ActivationStory>();
  story->id = activation.id;
  story->action = containers_.used(*activation.action);
  story->mode = activation.mode;
  story->arrived = now;
  story->waiting_before = static_cast<int>(waiting_.size());
  if (!waiting_.empty()) story->first_waited_for = wait_reason_;
  waiting_.insert({now, activation.id});
  by_id_.emplace(activation.id, story);
  stories_.push_back(std::move(story));
  if (stories_.size() <= limits_.activations_max) return;
  const ActivationStory& oldest = *stories_.front();
  waiting_.erase({oldest.arrived, oldest.id});
  by_id_.erase(oldest.id);
  stories_.pop_front();
}

void DecisionLog::on(const effect::ActivationWaits& effect, TimePoint now) {
  const StoryPtr story = storyOf(effect.activation);
  if (story == nullptr) return;
  wait_reason_ = effect.reason;
  WaitNote note{now, effect.reason, effect.buffered_count, {}};
  if (effect.reason == WaitReason::Memory) note.holders = containers_.holders();
  const bool is_told_again =
      !story->waits.empty() && story->waits.back().reason == note.reason &&
      (story->placements.empty() || story->placements.back().at < story->waits.back().at);
  if (is_told_again) {
    note.at = story->waits.back().at;
    story->waits.back() = std::move(note);
    return;
  }
  append(story->waits, std::move(note), kWaitNotesMax, story->waits_dropped);
}

void DecisionLog::answered(ActivationId id, ActivationStory::Answer answer) {
  const StoryPtr story = storyOf(id);
  if (story == nullptr || story->answer) return;
  waiting_.erase({story->arrived, id});
  story->answer = std::move(answer);
}

void DecisionLog::on(const effect::AnswerWithResult& effect, TimePoint now) {
  answered(effect.activation, {now, ActivationStory::AnswerKind::Result, "", std::nullopt});
}

void DecisionLog::on(const effect::AnswerWithError& effect, TimePoint now) {
  const std::string& error = effect.response.result;
  answered(effect.activation,
           {now, ActivationStory::AnswerKind::Error,
            error.size() <= kErrorBytesMax ? error : "", std::nullopt});
  if (const Placement* placement = placementOf(effect.activation)) {
    runEnded(placement->container->id, effect.activation, now);
  }
}

void DecisionLog::on(const effect::RefuseActivation& effect, TimePoint now) {
  answered(effect.activation, {now, ActivationStory::AnswerKind::Refused, "", effect.reason});
}

// ---- The choice

Placement* DecisionLog::placementOf(ActivationId id) const {
  const StoryPtr story = storyOf(id);
  return story == nullptr || story->placements.empty() ? nullptr : &story->placements.back();
}

void DecisionLog::on(const effect::ActivationPlaced& effect, TimePoint now) {
  const StoryPtr story = storyOf(effect.activation);
  if (story == nullptr) return;  // Forgotten while it waited.
  waiting_.erase({story->arrived, story->id});
  Placement placement;
  placement.at = now;
  placement.start = effect.kind;
  placement.warm_miss = effect.warm_miss;
  placement.waited = effect.waited;
  placement.waited_for = effect.waited_for;
  for (const ContainerId id : effect.evicted) {
    const ContainerLifePtr evicted = containers_.takeEvicted(id);
    if (evicted == nullptr) continue;
    evicted->removal->evicted_for = story->id;
    evicted->removal->evicted_for_action = story->action;
    placement.evicted.push_back(evicted);
  }
  explain(placement, *story);
  ContainerLog::Living* living = containers_.find(effect.id);
  if (living == nullptr) {
    // A cold start: the order to start it comes next.
    living = &containers_.add(effect.id, story->action->kind, story->action->memory,
                              story->action, now);
  }
  containers_.bind(*living, story->action);
  living->assigned.push_back(story->id);
  living->life->last_used = now;
  if (ActionHistory* history = containers_.historyOf(story->action->key)) {
    history->last = living->life;
  }
  placement.container = living->life;
  append(story->placements, std::move(placement), kPlacementsMax, story->placements_dropped);
}

void DecisionLog::explain(Placement& placement, const ActivationStory& story) {
  if (placement.warm_miss == WarmMiss::None) return;
  placement.remembers_all = containers_.remembersAll();
  if (const ActionHistory* history = containers_.historyOf(story.action->key)) {
    placement.previous = history->last;
    placement.sibling_count = static_cast<int>(
        std::count_if(history->living.begin(), history->living.end(), [&](ContainerId id) {
          const ContainerLog::Living* living = containers_.find(id);
          return living != nullptr && living->life->action->key == story.action->key;
        }));
  }
  if (placement.start == StartKind::Cold || placement.start == StartKind::Recreated) {
    placement.stem_cell_miss = containers_.missOf(*story.action);
  }
}

}  // namespace owpool::daemon
