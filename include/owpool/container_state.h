// What the pool knows about one container: one struct per state, holding only
// the fields that are valid in that state.
//
//   Starting --started--> Prewarmed --taken--> Warming --initialised--> Warmed
//   WarmingCold --started--------------------> Warming
//   any of these --given up, work in flight--> Draining --last one ended--> Removing
//   any of these --given up, nothing in flight----------------------------> Removing
//   Removing --removed--> (forgotten)
//
// docs/design.md draws the same with every event on its arrow. "Free", "busy" and
// "prewarmed" of OpenWhisk's ContainerPool are queries here (container_table.h).
#ifndef OWPOOL_CONTAINER_STATE_H_
#define OWPOOL_CONTAINER_STATE_H_

#include <compare>
#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

#include "owpool/action.h"

namespace owpool {

// Issued by the pool, increasing, never reused. Ties in every policy are broken
// by it, so equal inputs always give equal decisions.
struct ContainerId {
  std::uint64_t value = 0;
  friend auto operator<=>(ContainerId, ContainerId) = default;
  template <typename H>
  friend H AbslHashValue(H h, ContainerId id) {
    return H::combine(std::move(h), id.value);
  }
};

// Why a container is given up.
enum class RemovalCause {
  Evicted,        // Its memory is needed for another action.
  IdleTimeout,    // Unused for PoolConfig::idle_timeout.
  StartFailed,    // The factory could not start it, or did not answer in time.
  InitFailed,     // It did not take its action's code.
  RunFailed,      // A run ended in an error that leaves the container in doubt.
  PauseFailed,    // It could not be paused or resumed.
  Unreachable,    // A request could not be delivered.
  Died,           // It ended by itself, or another container came up at its address.
  Unhealthy,      // Its health probes failed.
  Expired,        // A stem cell beyond its time to live.
  Shutdown,       // The pool is shutting down.
};

// Being started for the stem cells (prewarms); no activation waits for it.
struct Starting {
  RuntimeKind runtime;
};

// Started, holds no code, serves nobody yet.
struct Prewarmed {
  RuntimeKind runtime;
  std::optional<TimePoint> expires = std::nullopt;  // Nullopt: never.
};

// Being started for "action". Activations assigned to it wait.
struct WarmingCold {
  ActionPtr action;
  int active_count = 0;  // Activations assigned and not yet finished.
  TimePoint last_used;
};

// Started; takes "action"'s code. Activations assigned to it wait.
struct Warming {
  ActionPtr action;
  int active_count = 0;
  TimePoint last_used;
};

enum class WarmPhase {
  Running,   // active_count > 0.
  Ready,     // Idle, can run at once.
  Pausing,   // Asked to pause. Activations assigned meanwhile wait for the resume.
  Paused,
  Resuming,  // Asked to resume; active_count > 0.
};

// Initialised for "action", and for nothing else, ever.
struct Warmed {
  ActionPtr action;
  int active_count = 0;
  TimePoint last_used;  // When it was last given an activation or ended one.
  WarmPhase phase = WarmPhase::Ready;
};

// Takes no more work; goes when the calls in flight have ended.
struct Draining {
  ActionPtr action;
  int active_count = 0;
  RemovalCause cause = RemovalCause::RunFailed;
};

// Its removal was ordered. Its memory counts until the removal is confirmed.
struct Removing {
  RemovalCause cause = RemovalCause::Evicted;
  bool was_prewarm = false;  // Its memory is accounted as a stem cell's.
  bool has_failed = false;   // At least one attempt; nobody knows when the next will do.
};

using ContainerState =
    std::variant<Starting, Prewarmed, WarmingCold, Warming, Warmed, Draining, Removing>;

struct ContainerData {
  ContainerId id;
  ByteSize memory;
  ContainerState state;
};

// The action it is bound to, or null: Starting, Prewarmed, Removing.
const Action* actionOf(const ContainerData& data);

// Activations assigned and not yet finished; 0 in states that have none.
int activeCountOf(const ContainerData& data);

// True iff one more activation of its own action may be assigned to it:
// WarmingCold, Warming or Warmed, with fewer than the action's concurrency_max.
bool hasCapacity(const ContainerData& data);

// True iff Warmed without any activation. Only such containers are evicted.
bool isIdle(const ContainerData& data);

// True iff its memory is accounted as a stem cell's, beside user memory.
bool isPrewarm(const ContainerData& data);

// E.g. "warmed". Static strings.
std::string_view stateName(const ContainerState& state);
std::string_view warmPhaseName(WarmPhase phase);
std::string_view removalCauseName(RemovalCause cause);

}  // namespace owpool

#endif  // OWPOOL_CONTAINER_STATE_H_
