// The decisions of a container pool, as functions of their arguments only: no
// clock, no randomness, no logging. None scans the containers. They are
// OpenWhisk's ContainerPool.schedule, .hasPoolSpaceFor, .remove, .backfillPrewarms
// and .memoryConsumptionOf (ContainerPool.scala of 2020), made deterministic.
// Every function may be called from any thread, as long as nobody changes the table.
#ifndef OWPOOL_SCHEDULING_H_
#define OWPOOL_SCHEDULING_H_

#include <optional>
#include <span>
#include <vector>

#include "owpool/container_table.h"

namespace owpool {

struct PrewarmConfig {
  RuntimeKind runtime;
  ByteSize memory = ByteSize::mebibytes(256);
  int count = 0;  // Containers to keep started and unused; >= 0.
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

// What counts against the pool's user memory: every container but stem cells
// that nobody took yet, those being removed included, since their memory is not
// free before they are gone. Constant.
ByteSize memoryConsumptionOf(const ContainerTable& table);

// True iff "needed" fits beside memoryConsumptionOf(table) in "capacity". Constant.
bool hasPoolSpaceFor(const ContainerTable& table, ByteSize needed, ByteSize capacity);

// Idle warm containers whose memory adds up to at least "to_free", oldest
// last_used first, then lowest id. Empty if "to_free" <= 0 or if all of them
// together would not be enough: all or nothing. Linear in the result.
std::vector<ContainerId> remove(const ContainerTable& table, ByteSize to_free);

// How many containers of each configured kind and memory are missing, those
// being started counted as there. In the order of "configs". Linear in "configs".
std::vector<PrewarmShortfall> backfill(const ContainerTable& table,
                                       std::span<const PrewarmConfig> configs);

}  // namespace owpool

#endif  // OWPOOL_SCHEDULING_H_
