#ifndef OWPOOL_POOL_DRIVER_H_
#define OWPOOL_POOL_DRIVER_H_

#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "absl/functional/any_invocable.h"
#include "owpool/container_factory.h"
#include "owpool/health_prober.h"
#include "owpool/pool.h"
#include "owpool/runtime.h"

namespace owpool {

// An activation with what its container is told.
struct ActivationRequest {
  Activation activation;
  std::string parameters = "{}";  // JSON text of an object or array; not looked at here.
  ActivationContext context;      // Without "deadline", which is added for each call.
  // Used if a container is initialised for this activation, not for the others on it.
  ActionEnvironment environment = {};
};

// What came of an activation.
struct ActivationOutcome {
  ActivationId id;
  // Set iff the activation was not accepted; then nothing below is set but "response".
  std::optional<RefusalReason> refused;
  ActivationResponse response;
  // How it got its container; nullopt if it never got one.
  std::optional<StartKind> start;
  std::optional<ContainerId> container;
  Duration wait{};                 // From submit() to /init or, if none was needed, to /run.
  std::optional<Duration> init;    // Set iff this activation's context was given to /init.
  std::optional<Duration> run;     // Set iff its run ended, rather than being given up.
};

// Drives a Pool: carries out its effects through the interfaces below and feeds
// their outcome back as events. Decides nothing. Thread-safe. Its one lock is
// held only while the pool decides; never while a container, a prober or a
// callback runs.
class PoolDriver {
 public:
  struct Deps {
    // All outlive the driver.
    ContainerFactory& factory;
    const MonotonicClock& clock;
    Executor& executor;
    // These may be null. A prober is needed iff prewarm_health.enabled, a feed
    // iff feed_credits > 0.
    HealthProber* prober = nullptr;
    PoolObserver* observer = nullptr;
    ActivationFeed* feed = nullptr;
  };

  using OnOutcome = absl::AnyInvocable<void(ActivationOutcome)>;
  using OnLogs = absl::AnyInvocable<void(ActivationLogs)>;

  // Starts the pool: its stem cells are being started when this returns.
  // REQUIRES: "deps" has what the pool's config needs.
  PoolDriver(Pool pool, Deps deps);
  // REQUIRES: every other call has returned, shutDown() and serveDeadlines() too.
  ~PoolDriver();
  PoolDriver(const PoolDriver&) = delete;
  PoolDriver& operator=(const PoolDriver&) = delete;

  // Calls "on_outcome" exactly once, on the executor, also for a refusal. If
  // "on_logs" is not null it is called exactly once, after "on_outcome", with the
  // activation's log lines (none if it never ran); the container stays taken until
  // they are read. Neither may call shutDown(). REQUIRES: the id is not that of an
  // activation whose callbacks have not been called yet.
  void submit(ActivationRequest request, OnOutcome on_outcome, OnLogs on_logs = nullptr);

  // Does what has fallen due. The caller decides when, by nextDeadline(); or lets
  // serveDeadlines() do it.
  void advance();
  std::optional<TimePoint> nextDeadline() const;

  // Blocks and does what falls due when it does, until shutDown() is done. Waits in
  // real time: the clock must be one that runs by itself.
  void serveDeadlines();

  // Refuses what comes from now on and gives what was accepted "drain_time" to
  // end; see Pool::shutDown(). Returns when every container is destroyed and every
  // callback has returned. May be called by several threads, with less time.
  // With a clock that moves by hand, call beginShutDown() and step.
  void shutDown(Duration drain_time);
  void beginShutDown(Duration drain_time);
  bool isShutDown() const;

  PoolStats stats() const;
  // A copy.
  ContainerTable containers() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace owpool

#endif  // OWPOOL_POOL_DRIVER_H_
