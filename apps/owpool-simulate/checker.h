// Watches what goes into a pool and what comes out, keeps its own account of it,
// and says when a rule of docs/design.md is broken. It shares no code with the
// pool and does not look into it.
#ifndef OWPOOL_SIMULATE_CHECKER_H_
#define OWPOOL_SIMULATE_CHECKER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "owpool/pool_config.h"
#include "owpool/pool_events.h"

namespace owpool::simulate {

class Checker {
 public:
  // "config" must outlive it.
  explicit Checker(const PoolConfig& config);

  // ---- Told, in this order. Activations are {0, 1}, {0, 2}, …, as they come.

  void before(const Event& event, TimePoint now);
  void beforeShutDown(Duration drain_time, TimePoint now);
  void after(const Effects& effects, TimePoint now);

  // ---- Asked

  // The first rule that was broken, or "".
  const std::string& violation() const { return violation_; }

  ByteSize userMemory() const { return user_memory_; }
  ByteSize prewarmMemory() const { return prewarm_memory_; }
  int unansweredCount() const { return unanswered_count_; }
  int containerCount() const { return known_count_; }
  // The id of one that has no answer yet.
  std::optional<ActivationId> unanswered(std::uint32_t which) const;

  // Nothing waits and no stem cell is missing; after a shutdown: nothing is left.
  bool isAtRest() const;

 private:
  enum class Pause { No, Pausing, Paused, Resuming };
  struct Container {
    ByteSize memory;
    bool is_known = false;    // From StartContainer until it is gone.
    bool is_user = false;     // Its memory counts as user memory.
    bool is_start_pending = false;
    bool is_init_pending = false;
    bool is_initialized = false;
    bool is_removal_ordered = false;
    bool is_removal_pending = false;
    bool is_probe_pending = false;
    bool is_given_up = false;  // The pool was told what makes it unfit for any work.
    Pause pause = Pause::No;
    int runs = 0;
    std::optional<std::size_t> prewarm;  // Index of its config while it is a stem cell.
    ActionPtr action;
    TimePoint last_used;      // Of a stem cell: when it had started.
    TimePoint call_deadline;  // Of the probe or the removal that is pending.
    std::string address;
    bool has_died = false;
  };

  struct StemCells {  // Of one config.
    int count = 0;    // Fit, or about to be.
    int wanted_count = 0;
    int cold_start_count = 0;  // Of actions that they would match, since the last check.
    int expired_count = 0;
  };

  struct Activity {
    ActionPtr action;
    bool is_answered = false;
    bool is_placed = false;
    bool is_running = false;  // Sent, and neither ended nor known to be undelivered.
    bool is_result_known = false;
    ContainerId container;  // Where it was placed last.
    TimePoint run_deadline;
    std::optional<TimePoint> wait_reported;
  };

  // ---- checker_events.cc: what the pool is told
  void on(const event::ActivationArrived& event);
  void on(const event::ContainerStarted& event);
  void on(const event::StartFailed& event);
  void on(const event::InitSucceeded& event);
  void on(const event::InitFailed& event) { initFailed(event.id); }
  void on(const event::InitNotDelivered& event) { initFailed(event.id); }
  void on(const event::ResultKnown& event);
  void on(const event::RunCompleted& event);
  void on(const event::RunNotDelivered& event);
  void on(const event::ContainerPaused& event);
  void on(const event::PauseFailed& event);
  void on(const event::ContainerResumed& event);
  void on(const event::ResumeFailed& event);
  void on(const event::ContainerRemoved& event);
  void on(const event::RemovalFailed& event);
  void on(const event::ContainerDied& event);
  void on(const event::ProbeCompleted& event);
  void initFailed(ContainerId id);
  void gone(ContainerId id);
  void leaveStemCells(Container& container);
  bool isDrainOver() const { return drain_deadline_ && *drain_deadline_ <= now_; }
  Activity* runningOn(ContainerId id, ActivationId activation);

  // ---- checker_effects.cc: what the pool answers and says
  void on(const effect::AnswerWithResult& effect);
  void on(const effect::AnswerWithError& effect);
  void on(const effect::RefuseActivation& effect);
  void on(const effect::ActivationPlaced& effect);
  void on(const effect::ActivationWaits& effect);
  void on(const effect::PrewarmsChecked& effect);
  void on(const effect::GrantCredits& effect);
  void checkReasons(const effect::ActivationPlaced& placed);
  void countColdStart(const Action& action);
  void checkPlaced(const Container& container, const Activity& activity, StartKind kind);

  // ---- checker_calls.cc: what the pool asks of the world
  void on(const effect::StartContainer& effect);
  void on(const effect::InitializeContainer& effect);
  void on(const effect::RunActivation& effect);
  void on(const effect::PauseContainer& effect);
  void on(const effect::ResumeContainer& effect);
  void on(const effect::RemoveContainer& effect);
  void on(const effect::ProbeContainer& effect);
  void on(const effect::AbandonContainer& effect);
  void on(const effect::RemovalGivenUp& effect);
  void checkRemoved(const Container& container, RemovalCause cause);
  void checkExpired(const Container& container, std::size_t prewarm);
  void requireGrantKept();

  bool isFit(const Container& container) const;
  bool isShared() const {
    return config_.memory_accounting.prewarms == PrewarmAccounting::Shared;
  }
  std::optional<std::size_t> prewarmOf(const RuntimeKind& runtime, ByteSize memory) const;

  // Null, and a broken rule, if there is none.
  Container* known(ContainerId id);
  Activity* waiting(ActivationId id);
  // Null if there is none.
  Container* find(ContainerId id);
  Activity* find(ActivationId id);
  void require(bool holds, const char* rule) {
    if (!holds) [[unlikely]] broken(rule);
  }
  void broken(const char* rule);

  const PoolConfig& config_;
  std::string violation_;
  const Effect* effect_ = nullptr;  // Being read.
  TimePoint now_;
  std::vector<Container> containers_;   // By id.
  std::vector<Activity> activations_;   // By low half of the id.
  absl::flat_hash_map<std::string, ContainerId> by_address_;
  std::optional<ActivationId> arriving_;       // In the call in progress.
  std::optional<ContainerId> to_be_started_;   // An activation was placed on it.
  std::optional<TimePoint> drain_deadline_;    // Set iff shut down.
  std::vector<StemCells> stem_cells_;  // By index of their config.
  ActivationId last_first_placed_;     // Of those placed for the first time.
  int starts_in_flight_ = 0;
  int known_count_ = 0;
  ByteSize user_memory_;
  ByteSize prewarm_memory_;
  ByteSize removing_user_memory_;     // The parts of these whose removal was ordered.
  ByteSize removing_prewarm_memory_;
  int unanswered_count_ = 0;
  int unused_credits_ = 0;
};

}  // namespace owpool::simulate

#endif  // OWPOOL_SIMULATE_CHECKER_H_
