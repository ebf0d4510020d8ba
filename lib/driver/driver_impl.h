// A PoolDriver's parts:
//   pool_driver.cc   the public calls, the lock, from events to effects
//   driver_calls.cc  the effects that call the world, and what they answer
#ifndef OWPOOL_DRIVER_DRIVER_IMPL_H_
#define OWPOOL_DRIVER_DRIVER_IMPL_H_

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "driver/mutex.h"
#include "owpool/pool_driver.h"

namespace owpool {

class PoolDriver::Impl {
 public:
  Impl(Pool pool, Deps deps);
  ~Impl();

  void submit(ActivationRequest request, OnOutcome on_outcome, OnLogs on_logs);
  void advance();
  std::optional<TimePoint> nextDeadline() const;
  void serveDeadlines();
  void beginShutDown(Duration drain_time);
  bool isShutDown() const;
  PoolStats stats() const;
  ContainerTable containers() const;

 private:
  // An activation that still has a callback to come. Shared by the tasks that work
  // for it.
  struct Pending {
    ActivationRequest request;
    OnOutcome on_outcome;
    OnLogs on_logs;
    TimePoint submitted;
    // The fields below are guarded by the driver's lock.
    ActivationOutcome outcome;
    bool was_begun = false;       // outcome.wait is set.
    bool is_running = false;      // A task is to run it, runs it or reads its logs.
    bool is_answered = false;     // Also while that task goes on; then that gives the logs.
    bool outcome_given = false;
    std::optional<ActivationLogs> logs;  // Waiting for the outcome to be given.
  };
  using PendingPtr = std::shared_ptr<Pending>;

  // A container, from its start to its removal. Guarded by the driver's lock, but
  // for the calls on *container.
  struct Host {
    std::shared_ptr<Container> container;              // Null until it has started.
    std::deque<absl::AnyInvocable<void()>> calls;      // One at a time, in order.
    bool is_calling = false;
    bool is_removing = false;     // A task removes it.
    bool is_abandoned = false;    // Nothing more is begun on it but its removal.
  };
  using HostPtr = std::shared_ptr<Host>;

  // Callbacks that became due while the lock was held.
  using Due = std::vector<absl::AnyInvocable<void()>>;

  // ---- pool_driver.cc
  // Hands "event" to the pool and begins its effects.
  Due handle(Event event) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // The same from a task: takes the lock, then runs the callbacks.
  void deliver(Event event) ABSL_LOCKS_EXCLUDED(mutex_);
  // The same from a thread that is not ours: the callbacks run on the executor.
  void deliverFromOutside(Event event) ABSL_LOCKS_EXCLUDED(mutex_);
  Due begin(Effects effects, TimePoint now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void begin(Effect& effect, Due& due) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void post(absl::AnyInvocable<void()> task) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void postAll(Due due) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void answer(ActivationId id, std::optional<ActivationResponse> response,
              std::optional<RefusalReason> refused, Due& due)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void giveOutcome(const PendingPtr& pending, ActivationOutcome outcome)
      ABSL_LOCKS_EXCLUDED(mutex_);
  void giveLogs(const PendingPtr& pending, ActivationLogs logs) ABSL_LOCKS_EXCLUDED(mutex_);
  bool isDone() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  // ---- driver_calls.cc
  void call(effect::StartContainer effect) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void call(effect::InitializeContainer effect) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void call(effect::RunActivation effect) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void call(effect::PauseContainer effect) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void call(effect::ResumeContainer effect) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void call(effect::RemoveContainer effect) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void call(effect::ProbeContainer effect) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Runs "call" on the executor once the calls before it on this container ended.
  void enqueue(const HostPtr& host, absl::AnyInvocable<void()> call)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void runNextCall(const HostPtr& host) ABSL_LOCKS_EXCLUDED(mutex_);
  void createContainer(const HostPtr& host, effect::StartContainer effect);
  void initializeContainer(const HostPtr& host, effect::InitializeContainer effect,
                           const PendingPtr& pending, ActivationContext context);
  void runActivation(const HostPtr& host, effect::RunActivation effect, const PendingPtr& pending);
  Due ranActivation(effect::RunActivation effect, const PendingPtr& pending, RunResult result,
                    Duration duration) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void finishWithLogs(const HostPtr& host, effect::RunActivation effect, const PendingPtr& pending,
                      ActivationStatus status);
  void removeContainer(const HostPtr& host, effect::RemoveContainer effect);
  void collectInitLogs(Container& container, const PendingPtr& pending)
      ABSL_LOCKS_EXCLUDED(mutex_);
  ActivationLogs collectLogs(Container& container, const Pending& pending,
                             ActivationStatus status);
  // Sets the activation's wait if nothing was begun for it before.
  void begun(Pending& pending, TimePoint now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // What was begun came to nothing: it waits again.
  void notBegun(Pending& pending) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Calls on a container that may have been abandoned meanwhile: false if it was.
  bool mayBegin(const HostPtr& host) ABSL_LOCKS_EXCLUDED(mutex_);

  const Deps deps_;
  mutable internal::Mutex mutex_;
  internal::CondVar changed_;  // The next deadline moved forward, or everything is done.
  Pool pool_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<ActivationId, PendingPtr> pending_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<ContainerId, HostPtr> hosts_ ABSL_GUARDED_BY(mutex_);
  // What those in serveDeadlines() were told to wait for last.
  std::optional<TimePoint> waiting_until_ ABSL_GUARDED_BY(mutex_);
  int task_count_ ABSL_GUARDED_BY(mutex_) = 0;  // Posted and not ended.
};

}  // namespace owpool

#endif  // OWPOOL_DRIVER_DRIVER_IMPL_H_
