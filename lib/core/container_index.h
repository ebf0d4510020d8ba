// The indexes of a ContainerTable. Copyable: everything refers by number.
//
// Every container has a slot. A slot is in the list of all, and, by its state:
//   Starting                      counted in its prewarm group
//   Prewarmed                     ... and in that group's list, and in one of them all, by id
//   WarmingCold, Warming, Warmed  in its action group; with capacity also in that
//                                 group's list of its class, by last_used
//   Warmed and idle               also in the list of the idle, by last_used
//   Draining                      in its action group, in no list of it
//   Removing                      in the list of all only
#ifndef OWPOOL_CORE_CONTAINER_INDEX_H_
#define OWPOOL_CORE_CONTAINER_INDEX_H_

#include <array>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "core/action_hash.h"
#include "core/slot_list.h"
#include "owpool/container_table.h"

namespace owpool::internal {

struct Slot {
  ContainerData data;
  SlotLink all;
  SlotLink pick;   // In a class of its action group, or in its prewarm group.
  SlotLink idle;   // Among the idle, or among the prewarmed: never both.
  SlotNumber group = kNoSlot;  // Of actions or of prewarms, as its state says.
};

// Containers bound to one action, whether they have capacity or not.
struct ActionGroup {
  ActionPtr action;
  int container_count = 0;
  std::array<SlotList, 3> with_capacity;  // By ContainerTable::WarmClass; the best is the tail.
};

struct PrewarmGroup {
  int container_count = 0;  // Starting and Prewarmed.
  SlotList prewarmed;       // The oldest is the head.
};

struct PrewarmKey {
  RuntimeKind runtime;
  ByteSize memory;
  friend bool operator==(const PrewarmKey&, const PrewarmKey&) = default;
  template <typename H>
  friend H AbslHashValue(H h, const PrewarmKey& key) {
    return H::combine(std::move(h), key.runtime.kind, key.runtime.image, key.memory.count());
  }
};

struct MemorySums {
  ByteSize user;
  ByteSize prewarm;
  ByteSize removing_user;
  ByteSize removing_prewarm;
  ByteSize stuck_user;
  ByteSize stuck_prewarm;
  ByteSize prewarmed;
  ByteSize idle;
  std::size_t idle_count = 0;
  friend bool operator==(const MemorySums&, const MemorySums&) = default;

  void add(const ContainerData& data) { count(data, 1); }
  void subtract(const ContainerData& data) { count(data, -1); }

 private:
  void count(const ContainerData& data, int sign);
};

}  // namespace owpool::internal

namespace owpool {

struct ContainerTable::Index {
  using Slot = internal::Slot;
  using SlotNumber = internal::SlotNumber;

  std::vector<Slot> slots;
  std::vector<SlotNumber> free_slots;
  absl::flat_hash_map<ContainerId, SlotNumber> by_id;
  internal::SlotList all;   // By id.
  internal::SlotList idle;  // By last_used, then id.
  internal::SlotList prewarmed;  // By id.
  internal::MemorySums sums;

  std::vector<internal::ActionGroup> action_groups;
  std::vector<SlotNumber> free_action_groups;
  absl::flat_hash_map<ActionPtr, SlotNumber, internal::ActionKeyHash, internal::ActionKeyEqual>
      by_action;

  std::vector<internal::PrewarmGroup> prewarm_groups;
  absl::flat_hash_map<internal::PrewarmKey, SlotNumber> by_prewarm;

  void add(ContainerData data);
  void update(ContainerId id, ContainerState state);
  void erase(ContainerId id);

  // Into and out of the lists and sums that its state calls for; its group is set.
  void link(SlotNumber slot);
  void unlink(SlotNumber slot);
  // The group that its state calls for, made if there is none; kNoSlot if none.
  SlotNumber joinGroup(const ContainerData& data);
  void leaveGroup(const ContainerData& data, SlotNumber group);
};

}  // namespace owpool

#endif  // OWPOOL_CORE_CONTAINER_INDEX_H_
