// From an invocation to its answer and its record.
#ifndef OWPOOLD_INVOKE_INVOKER_H_
#define OWPOOLD_INVOKE_INVOKER_H_

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "owpool/pool_driver.h"
#include "owpoold/invoke/invocation_observer.h"
#include "owpoold/operation/activation_metrics.h"
#include "owpoold/records/activation_record.h"
#include "owpoold/access/invocation_throttle.h"
#include "owpoold/invoke/action_cache.h"
#include "owpoold/invoke/arguments.h"
#include "owpoold/invoke/refusals.h"
#include "owpoold/records/store.h"

namespace owpool::daemon {

struct Invocation {
  InvocableActionPtr action;       // REQUIRES: its "action" is not null.
  InvocationThrottle::Slot slot;   // Released when the activation has ended.
  std::string api_key;             // The caller's own, told to an action that wants it.
  Arguments arguments;
  std::string transaction_id;
  std::optional<Duration> wait;    // For the result; nullopt: non-blocking.
};

struct InvocationAnswer {
  std::string activation_id;
  // At most one is set. Neither: it goes on, and its record will be there when it
  // has ended.
  std::optional<ActivationRecord> record;  // It ended. Without logs, which come later.
  std::optional<RefusalReason> refused;    // It was not accepted; there is no record.
};

// Every activation that was accepted gets exactly one record. Thread-safe.
class Invoker {
 public:
  struct Deps {
    // All outlive the invoker; the invoker outlives the driver's callbacks, so
    // driver.shutDown() returns before it goes.
    PoolDriver& driver;
    Refusals& refusals;  // The driver's observer.
    Store& store;
    ActivationMetrics& metrics;
    std::function<std::int64_t()> unix_millis;  // The wall clock, for records.
    InvocationObserver* observer = nullptr;     // May be null.
  };
  explicit Invoker(Deps deps) : deps_(std::move(deps)) {}

  // What actions are told as __OW_API_HOST. Known only once the server listens.
  void setApiHost(std::string api_host);

  // Blocks for at most invocation.wait.
  InvocationAnswer invoke(Invocation invocation);

  // An answer may be out before the record is written, since logs take longer.
  // These wait until the record of "id", or of everything answered so far, is there;
  // for an activation that still runs they do not wait. At most "timeout".
  void awaitRecord(const std::string& id, Duration timeout);
  void awaitRecords(Duration timeout);

 private:
  struct Pending;
  using PendingPtr = std::shared_ptr<Pending>;

  ActivationRequest makeRequest(const Invocation& invocation, ActivationId id);
  InvocationAnswer awaitAnswer(const PendingPtr& pending, std::optional<Duration> wait);
  void onOutcome(const PendingPtr& pending, ActivationOutcome outcome);
  void onLogs(const PendingPtr& pending, ActivationLogs logs);
  void writeRecord(const PendingPtr& pending);

  Deps deps_;
  std::mutex mutex_;
  std::string api_host_;
  std::condition_variable recorded_;
  std::map<std::string, PendingPtr> pending_;  // By id, until recorded or refused.
  std::uint64_t last_ticket_ = 0;
  std::set<std::uint64_t> unrecorded_;  // Tickets of those answered and not recorded.
};

}  // namespace owpool::daemon

#endif  // OWPOOLD_INVOKE_INVOKER_H_
