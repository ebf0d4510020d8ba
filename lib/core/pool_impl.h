// The state of a Pool and its moves, by subject:
//   pool.cc              the public calls, and what each ends with
//   pool_placement.cc    from an arrival to a container: buffer, choice, eviction
//   pool_calls.cc        what the answers to start, init, run, pause, resume lead to
//   pool_end_of_life.cc  giving up containers and activations, removal, shutdown
//   pool_prewarms.cc     stem cells: backfill, back-off, probes
//   pool_deadlines.cc    what falls due
//   pool_invariants.cc   the slow check of everything
#ifndef OWPOOL_CORE_POOL_IMPL_H_
#define OWPOOL_CORE_POOL_IMPL_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/btree_set.h"
#include "absl/container/flat_hash_map.h"
#include "core/assert.h"
#include "core/later.h"
#include "core/overloaded.h"
#include "core/run_buffer.h"
#include "owpool/pool.h"

namespace owpool {

class Pool::Impl {
 public:
  explicit Impl(PoolConfig config);

  Effects start(TimePoint now);
  Effects handle(Event event, TimePoint now);
  Effects advanceTo(TimePoint now);
  Effects shutDown(Duration drain_time, TimePoint now);
  std::optional<TimePoint> nextDeadline() const;
  bool isShutDown() const;
  PoolStats stats() const;
  void checkInvariants() const;
  void checkNobodyWaitsInVain() const;
  std::string debugString() const;

  const PoolConfig& config() const { return config_; }
  const ContainerTable& containers() const { return table_; }

 private:
  // Which effect of a container waits for its answer. Runs are not in here: each
  // activation knows whether it was sent.
  enum class Call { None, Start, Init, Pause, Resume, Probe, Remove };

  // What the pool knows of a container beside its state in the table.
  struct Record {
    Call call = Call::None;
    TimePoint call_deadline;                         // Valid iff call != None.
    absl::InlinedVector<ActivationId, 1> activations;  // Assigned to it, in order.
    std::string address;
    bool start_answered = false;                     // Even if too late.
    bool has_died = false;                           // ContainerDied came.
    TimePoint created;
    HealthTracker health;
    TimePoint next_probe;                            // Valid while Prewarmed.
    int removal_failures = 0;
    std::optional<TimePoint> deadline;               // Its entry in deadlines_.
  };

  enum class Phase {
    Buffered,
    Assigned,  // To a container that is not ready to run it yet.
    Sent,      // RunActivation was returned.
    Answered,  // ResultKnown came; its container is not free of it yet.
  };

  struct ActivationRecord {
    Activation activation;
    Phase phase = Phase::Buffered;
    ContainerId container;    // Valid unless Buffered.
    TimePoint run_deadline;   // Valid iff Sent or Answered.
    TimePoint arrived;
    internal::RunBuffer::Order order = 0;  // By arrival.
    TimePoint buffered_since;              // Valid iff Buffered.
    Duration waited{};                     // In the buffer, until it was last taken from it.
    std::optional<WaitReason> waited_for;
    std::vector<ContainerId> evicted;      // For it.
    std::optional<TimePoint> waiting_reported;
    int reschedule_count = 0;
  };

  // What goes with one of config_.prewarms.
  struct PrewarmRecord {
    PrewarmConfig wanted;      // The config, with the count that is wanted now.
    int cold_start_count = 0;  // Of its kind and memory, since the last check.
    int failure_count = 0;     // In a row.
    TimePoint last_failure;
    TimePoint not_before;      // No attempt to start one before this.
  };

  // ---- pool.cc
  void begin(TimePoint now);
  Effects finish();
  void grantCredits();
  template <typename E>
  void emit(E effect) {
    effects_.push_back(std::move(effect));
  }
  const ContainerData& containerOf(ContainerId id) const;
  Record& recordOf(ContainerId id);
  // The record of "id" iff it waits for the answer to "call"; else null, and the
  // event is counted as ignored.
  Record* answered(ContainerId id, Call call);
  void beginCall(ContainerId id, Call call, Duration time);
  void endCall(Record& record);

  // ---- pool_placement.cc
  void on(event::ActivationArrived event);
  std::optional<RefusalReason> refusalOf(const Activation& activation) const;
  void processBuffer();
  void unbuffer(ActivationRecord& record);
  // Nullopt iff it was placed; else what it waits for.
  enum class Eviction { Allowed, Forbidden };
  std::optional<WaitReason> tryPlace(ActivationRecord& record, Eviction eviction);
  bool tryPlaceWarm(ActivationRecord& record);
  std::optional<WaitReason> tryPlaceNew(ActivationRecord& record, Eviction eviction);
  void takePrewarm(ActivationRecord& record, ContainerId id);
  void startCold(ActivationRecord& record);
  std::optional<WaitReason> evictFor(ActivationRecord& record);
  void placed(ActivationRecord& record, ContainerId id, StartKind kind, WarmMiss warm_miss);
  void assign(ActivationRecord& record, ContainerId id);
  void reportWaiting(ActivationRecord& record);
  // WarmBypass: those of an action that has a container with capacity, although they
  // are not the head. See pool_placement.cc.
  void bypassHead();
  void bypassHeadFor(const ActionKey& key);
  bool mayBypassHead() const;
  // Notes that the container can take another activation, if it can.
  void gainedCapacity(ContainerId id);
  // Back into the buffer, to the places that their arrivals give them: most often
  // before everyone. Whose request was not delivered too often is answered instead.
  enum class Delivery { NotTried, Failed };
  void putBack(const std::vector<ActivationId>& activations, Delivery delivery);
  ContainerId newContainer(ByteSize memory, ContainerState state);

  // ---- pool_calls.cc
  void on(event::ContainerStarted event);
  void on(event::StartFailed event);
  void on(event::InitSucceeded event);
  void on(event::InitFailed event);
  void on(event::InitNotDelivered event);
  void on(event::ResultKnown event);
  void on(event::RunCompleted event);
  void on(event::RunNotDelivered event);
  void on(event::ContainerPaused event);
  void on(event::PauseFailed event);
  void on(event::ContainerResumed event);
  void on(event::ResumeFailed event);
  void claimAddress(ContainerId id, std::string address);
  void initialize(ContainerId id);
  void send(ActivationRecord& record);
  void sendAssigned(ContainerId id);
  void resume(ContainerId id);
  // The record of "activation" iff it was sent to "id" and its run has not ended; else
  // null, and the event is counted as ignored.
  ActivationRecord* sentTo(ContainerId id, ActivationId activation);
  // Takes the activation off its container and forgets the assignment.
  void release(ActivationRecord& record);
  // Once a release is done: the container is idle, goes on, or goes.
  void afterRelease(ContainerId id);

  // ---- pool_end_of_life.cc
  void on(event::ContainerRemoved event);
  void on(event::RemovalFailed event);
  void on(event::ContainerDied event);
  // No more work for it; calls in flight may end. Removed at once if there are none.
  void drain(ContainerId id, RemovalCause cause);
  // REQUIRES: no activation is assigned to it.
  void orderRemoval(ContainerId id, RemovalCause cause);
  void removeAgain(ContainerId id);
  void forget(ContainerId id);
  std::vector<ActivationId> takeAssigned(ContainerId id);  // Those not sent.
  void answerAssigned(ContainerId id, const ActivationResponse& response);
  void answerWithError(ActivationId activation, ActivationResponse response);
  void removalFailed(ContainerId id);
  void removeIdle();        // While shutting down.
  void endDrain();          // Its time is over: answers and removes everything.

  // ---- pool_prewarms.cc
  void startMissingPrewarms();
  // "created": when the one that failed was.
  void prewarmFailed(const RuntimeKind& runtime, ByteSize memory, TimePoint created);
  // Whether stem cells of this config may be started now but for their back-off.
  bool mayStartPrewarm(std::size_t index) const;
  std::optional<TimePoint> nextPrewarmAttempt() const;
  void countColdStart(const Action& action);
  // The periodic check of OpenWhisk's adjustPrewarmedContainer.
  void checkPrewarms();
  std::vector<int> expirePrewarms();  // How many, by index of config_.prewarms.
  std::optional<TimePoint> expiryOf(const Starting& starting, ContainerId id) const;
  std::optional<std::size_t> prewarmIndex(const RuntimeKind& runtime, ByteSize memory) const;
  void probe(ContainerId id);
  void probed(ContainerId id, ProbeResult result);
  void on(event::ProbeCompleted event);

  // ---- pool_deadlines.cc
  void setDeadline(ContainerId id, std::optional<TimePoint> deadline);
  // What the container's state calls for. Linear in its activations.
  void resetDeadline(ContainerId id);
  std::optional<TimePoint> deadlineOf(ContainerId id);
  void doWhatIsDue();
  void fallDue(ContainerId id);
  void callTimedOut(ContainerId id, Call call);
  void runsTimedOut(ContainerId id);
  void idleDue(ContainerId id, const Warmed& warmed);

  PoolConfig config_;
  ContainerTable table_;
  absl::flat_hash_map<ContainerId, Record> records_;  // One for each container of table_.
  absl::flat_hash_map<ActivationId, ActivationRecord> activations_;
  internal::RunBuffer buffer_;
  // WarmBypass only: of these actions somebody may be servable since the last call.
  std::vector<ActionPtr> gained_capacity_;
  bool bypass_was_denied_ = false;  // The head was too old when somebody might have been.
  absl::flat_hash_map<std::string, ContainerId> by_address_;
  absl::btree_set<std::pair<TimePoint, ContainerId>> deadlines_;
  std::vector<PrewarmRecord> prewarms_;            // By index of config_.prewarms.
  std::optional<TimePoint> next_prewarm_check_;    // Nullopt without stem cells.
  int starts_in_flight_ = 0;                       // Containers whose call is Start.
  std::optional<TimePoint> drain_deadline_;        // Set iff shutting down.
  bool drain_ended_ = false;
  bool started_ = false;
  int unanswered_count_ = 0;
  int unused_credits_ = 0;
  ContainerId last_id_;
  internal::RunBuffer::Order last_order_ = 0;
  PoolStats counters_;  // Its gauges are not kept; see stats().
  TimePoint now_;
  Effects effects_;     // Of the call in progress.
};

}  // namespace owpool

#endif  // OWPOOL_CORE_POOL_IMPL_H_
