#ifndef OWPOOL_POOL_CONFIG_H_
#define OWPOOL_POOL_CONFIG_H_

#include <chrono>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "owpool/health.h"
#include "owpool/scheduling.h"

namespace owpool {

// No more stem cells than this of one kind and memory.
inline constexpr int kPrewarmCountMax = 10000;

// Waits that double from "first" to "max".
struct Backoff {
  Duration first = std::chrono::milliseconds(100);  // REQUIRES: > 0.
  Duration max = std::chrono::minutes(1);           // REQUIRES: >= first.
};

// Who of those that wait is tried first.
enum class QueueDiscipline {
  Fifo,        // Strictly in order of arrival, as the original does.
  WarmBypass,  // In order of arrival, but an activation for which a container of its action
               // is free need not wait behind one that waits for memory.
};

enum class BlockingPriority {
  None,           // Blocking and non-blocking activations alike, as the original does.
  BlockingFirst,  // Non-blocking ones yield, until they have waited long enough.
};

// Everything a Pool can be told. Defaults are OpenWhisk's where it has one
// (whisk.container-pool, whisk.container-proxy).
struct PoolConfig {
  // ------------------------------------------------------------------
  // Parameters that affect behaviour

  // Memory the pool may hand out to containers that serve activations; stem
  // cells that nobody took yet are beside it. REQUIRES: > 0.
  ByteSize user_memory = ByteSize::mebibytes(1024);

  // Stem cells to keep started and unused. REQUIRES: memory > 0; 0 <= count <=
  // kPrewarmCountMax, likewise of "reactive"; each kind and memory at most once.
  std::vector<PrewarmConfig> prewarms;

  // What counts against user_memory, and until when.
  MemoryAccounting memory_accounting;

  // The order of those that wait.
  QueueDiscipline queue_discipline = QueueDiscipline::Fifo;
  // WarmBypass: nobody overtakes a head that has waited this long. REQUIRES: > 0.
  Duration bypass_age_max = std::chrono::seconds(5);
  BlockingPriority blocking_priority = BlockingPriority::None;
  // BlockingFirst: a non-blocking activation yields for this long. REQUIRES: > 0.
  Duration nonblocking_age_max = std::chrono::seconds(10);

  // Reactive stem cells are checked first after the delay, then in intervals: those
  // beyond their time to live are removed, as many started as demand calls for.
  // OpenWhisk's prewarm-expiration-check-init-delay, -interval, -limit. Its interval
  // variance is for the caller to draw and to add to the interval. All > 0.
  Duration prewarm_check_delay = std::chrono::minutes(10);
  Duration prewarm_check_interval = std::chrono::minutes(10);
  int prewarm_expiration_limit = 100;  // Removed in one check, the first to expire first.

  // Stem cells of one kind and memory that fail this often in a row are not started
  // again before the next check (OpenWhisk's prewarm-max-retry-limit). REQUIRES: >= 0.
  int prewarm_retries_max = 5;

  // An idle container is paused after this long; nullopt: never. REQUIRES: >= 0.
  std::optional<Duration> pause_grace = std::chrono::seconds(10);

  // An idle container is removed after this long. REQUIRES: > 0.
  Duration idle_timeout = std::chrono::minutes(10);

  // Probes of stem cells.
  HealthConfig prewarm_health;

  // Between attempts to start stem cells of one kind that keep failing. The
  // first failure is followed by an attempt at once.
  Backoff start_backoff;

  // Between attempts to remove a container that cannot be removed. They never
  // cease: until it is gone, its memory counts.
  Backoff removal_backoff{std::chrono::seconds(1), std::chrono::minutes(1)};

  // Credits for an ActivationFeed: how many activations may be with the pool
  // unanswered. 0: there is no feed, and no credits are given. REQUIRES: >= 0.
  int feed_credits = 0;

  // ------------------------------------------------------------------
  // Time that the world has for its answers; then the pool gives up. All > 0.

  Duration start_timeout = std::chrono::minutes(1);
  Duration pause_timeout = std::chrono::seconds(10);  // Of a pause, and of a resume.
  Duration removal_timeout = std::chrono::minutes(1);
  // What /init and /run have beyond the action's own time limit, after which it
  // is the factory that does not answer.
  Duration call_grace = std::chrono::seconds(5);
  // From a result to the container being free of it (its logs are being read).
  Duration logs_timeout = std::chrono::seconds(30);

  // ------------------------------------------------------------------
  // Limits

  // Activations waiting for a container. One more is refused. REQUIRES: >= 0.
  int buffer_count_max = 10000;

  // Containers that are being started at the same time; an activation that needs one
  // more waits. REQUIRES: >= 1.
  int starts_in_flight_max = 64;

  // How often an activation whose request was not delivered is given to another
  // container before it is answered with an error. REQUIRES: >= 0.
  int reschedules_max = 3;

  // A pool that shuts down forgets a container whose removal failed this often, and
  // says so (RemovalGivenUp). REQUIRES: >= 1.
  int shutdown_removal_tries_max = 5;

  // The pool says that an activation is waiting at most this often for each.
  Duration waiting_report_interval = std::chrono::seconds(10);  // REQUIRES: > 0.

  // InvalidArgument naming the first field that breaks its rule, else OK.
  absl::Status validate() const;
};

}  // namespace owpool

#endif  // OWPOOL_POOL_CONFIG_H_
