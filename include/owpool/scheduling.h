// The decisions of a container pool, as functions of their arguments only: no
// clock, no randomness, no logging. None scans the containers. They are
// OpenWhisk's ContainerPool.schedule, .hasPoolSpaceFor, .remove, .backfillPrewarms
// and .memoryConsumptionOf (ContainerPool.scala of 2020), made deterministic.
// Every function may be called from any thread, as long as nobody changes the table.
#ifndef OWPOOL_SCHEDULING_H_
#define OWPOOL_SCHEDULING_H_

#include <chrono>
#include <optional>
#include <span>
#include <vector>

#include "owpool/container_table.h"

namespace owpool {

// Stem cells whose number follows demand: the "reactive" of OpenWhisk's runtimes
// manifest, with its rules and defaults.
struct ReactivePrewarm {
  int count_min = 0;                            // REQUIRES: >= 0, <= count_max.
  int count_max = 1;                            // REQUIRES: >= 1.
  Duration time_to_live = std::chrono::minutes(2);  // Of an unused one. REQUIRES: > 0.
  int threshold = 1;  // Cold starts between two checks for each "increment". REQUIRES: >= 1.
  int increment = 1;  // REQUIRES: >= 1, <= count_max.
  friend bool operator==(const ReactivePrewarm&, const ReactivePrewarm&) = default;
};

struct PrewarmConfig {
  RuntimeKind runtime;
  ByteSize memory = ByteSize::mebibytes(256);
  int count = 0;  // Containers to keep started and unused ("initialCount"); >= 0.
  std::optional<ReactivePrewarm> reactive = std::nullopt;
};

// How many stem cells a reactive config wants after "cold_start_count" cold starts
// of its kind and memory since the last check (OpenWhisk's
// ContainerPool.getReactiveCold…): count_min if there were none, else increment for
// each full threshold, within count_min and count_max. Pure.
int reactiveCount(const ReactivePrewarm& reactive, int cold_start_count);

// When the memory of a container that is being removed can be given out again.
enum class MemoryRelease {
  WhenRemovalConfirmed,  // When it is gone. Never more in use than was granted.
  WhenRemovalStarts,     // At once, as the original does: faster, but for the time of
                         // the removal both containers use memory.
};

// Whose memory stem cells use.
enum class PrewarmAccounting {
  Separate,  // Beside user memory: they are never in the way (the original of 2020).
  Shared,    // Within user memory. They start only where there is room and nobody waits
             // for it, and are evicted for activations that they do not match.
};

struct MemoryAccounting {
  MemoryRelease release = MemoryRelease::WhenRemovalConfirmed;
  PrewarmAccounting prewarms = PrewarmAccounting::Separate;
};

struct PrewarmShortfall {
  RuntimeKind runtime;
  ByteSize memory;
  int missing_count = 0;  // Always > 0.
  friend bool operator==(const PrewarmShortfall&, const PrewarmShortfall&) = default;
};

// The container to run an activation of "key" on, or nullopt if there is none
// with capacity. A warmed one first, then a warming, then a warming-cold one;
// within a class the most recently used, then the lowest id (the original takes
// any). Never a prewarmed one, never one of another namespace, action or
// revision. Constant.
std::optional<ContainerId> schedule(const ContainerTable& table, const ActionKey& key);

// What counts against the pool's user memory. By default every container but stem
// cells that nobody took yet, those being removed included. Constant.
ByteSize memoryConsumptionOf(const ContainerTable& table, MemoryAccounting accounting = {});

// True iff "needed" fits beside memoryConsumptionOf(table) in "capacity". Constant.
bool hasPoolSpaceFor(const ContainerTable& table, ByteSize needed, ByteSize capacity,
                     MemoryAccounting accounting = {});

// Idle warm containers whose memory adds up to at least "to_free", oldest
// last_used first, then lowest id. Empty if "to_free" <= 0 or if all of them
// together would not be enough: all or nothing. Linear in the result.
std::vector<ContainerId> remove(const ContainerTable& table, ByteSize to_free);

// The same where stem cells share user memory: idle warm containers if they are
// enough, else all of them and then stem cells that have started, lowest id first.
// All or nothing. Linear in the result.
std::vector<ContainerId> removeWithPrewarms(const ContainerTable& table, ByteSize to_free);

// How many containers of each configured kind and memory are missing, those
// being started counted as there. In the order of "configs". Linear in "configs".
std::vector<PrewarmShortfall> backfill(const ContainerTable& table,
                                       std::span<const PrewarmConfig> configs);

}  // namespace owpool

#endif  // OWPOOL_SCHEDULING_H_
