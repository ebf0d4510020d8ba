#ifndef OWPOOLD_ADMIN_WATCH_H_
#define OWPOOLD_ADMIN_WATCH_H_

#include "owpoold/admin/activity.h"
#include "owpoold/admin/decision_log.h"
#include "owpoold/admin/log_tail.h"
#include "owpoold/invoke/invocation_observer.h"

namespace owpool::daemon {

// Everything that is remembered for those who watch.
struct Watch final : InvocationObserver {
  Watch(const PoolConfig& config, const MonotonicClock& monotonic_clock)
      : clock(monotonic_clock), decisions(config) {}

  void onOutcome(const std::string& action, const ActivationOutcome& outcome) override {
    activity.add(action, outcome, clock.now());
  }
  void onLogs(const std::string& action, ActivationId id,
              const std::vector<LogLine>& lines) override {
    logs.append(action, id, lines);
  }

  const MonotonicClock& clock;
  DecisionLog decisions;  // To be an observer of the pool.
  Activity activity;
  LogTail logs;
};

}  // namespace owpool::daemon

#endif  // OWPOOLD_ADMIN_WATCH_H_
