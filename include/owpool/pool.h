// The pool as a deterministic state machine: events in, effects out.
//
// A Pool does no I/O, reads no clock, starts no thread and holds no lock. Given
// the same config and the same sequence of (call, time) it returns the same
// sequence of effects. It is not thread-safe; PoolDriver wraps it for use from
// several threads.
//
// Contract between a Pool and whoever drives it:
//
//   effect                is answered, exactly once, by
//   StartContainer        ContainerStarted or StartFailed
//   InitializeContainer   InitSucceeded, InitFailed or InitNotDelivered
//   RunActivation         RunCompleted or RunNotDelivered (ResultKnown may come before)
//   PauseContainer        ContainerPaused or PauseFailed
//   ResumeContainer       ContainerResumed or ResumeFailed
//   RemoveContainer       ContainerRemoved or RemovalFailed
//   ProbeContainer        ProbeCompleted
//   AbandonContainer      nothing, but see there
//   every other effect    nothing
//
//   event                 is answered, exactly once, by
//   ActivationArrived     AnswerWithResult, AnswerWithError or RefuseActivation
//
// Effects are begun in the order returned, those of one call before those of the
// next. Answers may come in any order. An answer that is late, doubled or about
// something unknown is ignored and counted (PoolStats::ignored_events). If an
// answer never comes, the pool gives up by itself (see PoolConfig) and goes on.
#ifndef OWPOOL_POOL_H_
#define OWPOOL_POOL_H_

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "owpool/pool_config.h"
#include "owpool/pool_events.h"

namespace owpool {

// Gauges and counters, consistent with each other.
struct PoolStats {
  // Containers by state, each in one, and their memory.
  int starting_count = 0;   // Starting.
  int prewarmed_count = 0;  // Prewarmed.
  int warming_count = 0;    // WarmingCold and Warming.
  int busy_count = 0;       // Warmed with activations, and Draining.
  int idle_count = 0;       // Warmed without.
  int removing_count = 0;   // Removing.
  ByteSize starting_memory;
  ByteSize prewarmed_memory;
  ByteSize warming_memory;
  ByteSize busy_memory;
  ByteSize idle_memory;     // The evictable part of user_memory.
  ByteSize removing_memory;

  int paused_count = 0;     // Of the idle ones those that are paused.
  ByteSize paused_memory;

  // OpenWhisk's activeCount and activeSize: containers with activations.
  int active_count = 0;
  ByteSize active_memory;

  ByteSize user_memory;      // memoryConsumptionOf().
  ByteSize prewarm_memory;   // Stem cells, those being started included.

  int buffered_count = 0;    // Activations waiting for a container.
  ByteSize buffered_memory;  // What they would need.
  // When the one of them that has waited longest arrived; nullopt if nobody waits.
  std::optional<TimePoint> oldest_buffered;
  int unanswered_count = 0;  // Activations accepted and not answered yet.

  // Since the pool was made.
  std::uint64_t arrived_total = 0;
  std::uint64_t answered_with_result_total = 0;
  std::uint64_t answered_with_error_total = 0;
  std::uint64_t refused_total = 0;
  std::uint64_t rescheduled_total = 0;      // Requests not delivered, given to another container.
  std::uint64_t waiting_reported_total = 0; // ActivationWaits effects.
  std::uint64_t bypassed_total = 0;         // Placed before an older one (WarmBypass).
  std::uint64_t start_failed_total = 0;     // Containers that the factory could not start.
  std::uint64_t removal_failed_total = 0;   // Removals that failed, each attempt.
  std::uint64_t removal_given_up_total = 0; // RemovalGivenUp effects.
  std::uint64_t ignored_events_total = 0;
  std::array<std::uint64_t, 7> placed_total{};    // By StartKind.
  std::array<std::uint64_t, 11> removed_total{};  // Removals ordered, by RemovalCause.
};

class Pool {
 public:
  // Fails iff config.validate() fails, with its status.
  static absl::StatusOr<Pool> create(PoolConfig config);

  Pool(Pool&&) noexcept;
  Pool& operator=(Pool&&) noexcept;
  ~Pool();

  // In all calls "now" is not earlier than in any call before.

  // The first call on a pool, once: starts stem cells, grants credits.
  [[nodiscard]] Effects start(TimePoint now);

  // REQUIRES: start() was called. Also does what has fallen due by "now".
  [[nodiscard]] Effects handle(Event event, TimePoint now);

  // Does what has fallen due by "now": pauses, idle timeouts, probes, back-offs,
  // and giving up on answers that did not come.
  [[nodiscard]] Effects advanceTo(TimePoint now);

  // When advanceTo() may next have something to do, or nullopt for never. May be
  // earlier than needed, never later.
  std::optional<TimePoint> nextDeadline() const;

  // From now on every arrival is refused and no stem cell is started. What was
  // accepted goes on for at most "drain_time", then it is answered with an error;
  // containers are removed as they fall idle and nobody waits any more. May be called
  // again with less.
  [[nodiscard]] Effects shutDown(Duration drain_time, TimePoint now);

  // True iff shutDown() was called, everything is answered and every container
  // is gone.
  bool isShutDown() const;

  const PoolConfig& config() const;
  const ContainerTable& containers() const;
  PoolStats stats() const;

  // Aborts with a message iff an invariant of docs/design.md is broken.
  // O(containers + activations); meant for tests. The cheap ones are asserted in
  // every call anyway.
  void checkInvariants() const;

  // One line per container, ordered by id, then the buffer. For tests and logs;
  // the format is not stable.
  std::string debugString() const;

 private:
  class Impl;
  explicit Pool(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace owpool

#endif  // OWPOOL_POOL_H_
