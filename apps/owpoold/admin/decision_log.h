#ifndef OWPOOLD_ADMIN_DECISION_LOG_H_
#define OWPOOLD_ADMIN_DECISION_LOG_H_

#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "owpool/pool_config.h"
#include "owpool/runtime.h"
#include "owpoold/admin/activation_story.h"
#include "owpoold/admin/container_log.h"

namespace owpool::daemon {

// Remembers, of the newest activations, everything that explains how they got their
// containers: a pool's observer, which only notes what the pool itself tells. Bounded in
// memory. Thread-safe; those who read hold the driver up for the time of a copy only.
class DecisionLog final : public PoolObserver {
 public:
  struct Limits {
    std::size_t activations_max = 10000;
    std::size_t actions_max = 5000;
  };
  explicit DecisionLog(const PoolConfig& config) : DecisionLog(config, Limits()) {}
  DecisionLog(const PoolConfig& config, Limits limits);

  void onEvent(const Event& event, TimePoint now) override;
  void onEffect(const Effect& effect, TimePoint now) override;

  // A copy that nothing changes any more. nullopt: it is not known, or not any more.
  std::optional<ActivationStory> find(ActivationId id) const;
  // Those from "first" to "last", both included, of the activations that are remembered.
  std::vector<ActivationId> between(ActivationId first, ActivationId last) const;
  std::vector<StemCells> stemCells() const;
  // By id.
  std::vector<ContainerLife> containers() const;
  // Since when the longest waits of those that wait for a container.
  std::optional<TimePoint> oldestWaiting() const;

 private:
  using StoryPtr = std::shared_ptr<ActivationStory>;

  // All of these want the lock.
  void on(const event::ActivationArrived& event, TimePoint now);
  void on(const event::ContainerStarted& event, TimePoint now);
  void on(const event::StartFailed& event, TimePoint now);
  void on(const event::InitSucceeded& event, TimePoint now);
  void on(const event::InitFailed& event, TimePoint now);
  void on(const event::InitNotDelivered& event, TimePoint now);
  void on(const event::ResultKnown& event, TimePoint now);
  void on(const event::RunCompleted& event, TimePoint now);
  void on(const event::RunNotDelivered& event, TimePoint now);
  void on(const event::ContainerResumed& event, TimePoint now);
  void on(const event::ContainerRemoved& event, TimePoint now);
  void on(const effect::ActivationPlaced& effect, TimePoint now);
  void on(const effect::ActivationWaits& effect, TimePoint now);
  void on(const effect::StartContainer& effect, TimePoint now);
  void on(const effect::InitializeContainer& effect, TimePoint now);
  void on(const effect::RunActivation& effect, TimePoint now);
  void on(const effect::ResumeContainer& effect, TimePoint now);
  void on(const effect::RemoveContainer& effect, TimePoint now);
  void on(const effect::AbandonContainer& effect, TimePoint now);
  void on(const effect::RemovalGivenUp& effect, TimePoint now);
  void on(const effect::AnswerWithResult& effect, TimePoint now);
  void on(const effect::AnswerWithError& effect, TimePoint now);
  void on(const effect::RefuseActivation& effect, TimePoint now);
  void on(const effect::PrewarmsChecked& effect, TimePoint now);

  StoryPtr storyOf(ActivationId id) const;
  // Its last placement; null if there is none.
  Placement* placementOf(ActivationId id) const;
  void explain(Placement& placement, const ActivationStory& story);
  void answered(ActivationId id, ActivationStory::Answer answer);
  void initEnded(ContainerId id, ContainerLife::InitOutcome outcome, TimePoint now);
  void runEnded(ContainerId id, ActivationId activation, TimePoint now);
  // What it was given and has not begun waits again.
  void giveBack(ContainerId id, TimePoint now);
  void giveBack(ActivationStory& story, TimePoint now);

  const Limits limits_;
  mutable std::mutex mutex_;
  ContainerLog containers_;
  std::deque<StoryPtr> stories_;  // The oldest first.
  absl::flat_hash_map<ActivationId, StoryPtr> by_id_;
  std::set<std::pair<TimePoint, ActivationId>> waiting_;  // By arrival.
  std::optional<WaitReason> wait_reason_;                 // What was last waited for.
};

}  // namespace owpool::daemon

#endif  // OWPOOLD_ADMIN_DECISION_LOG_H_
