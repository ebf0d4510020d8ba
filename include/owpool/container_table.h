// The containers that a pool knows, as a value, indexed so that no question of
// the scheduler needs a scan.
#ifndef OWPOOL_CONTAINER_TABLE_H_
#define OWPOOL_CONTAINER_TABLE_H_

#include <cstddef>
#include <iterator>
#include <memory>

#include "owpool/container_state.h"

namespace owpool {

// A copy is deep and independent; a table that was moved from may only be assigned to
// or destroyed. Not thread-safe; const calls may run at once. Costs are per call;
// "constant" is amortised, and holds while times do not run backwards: a change is
// linear in the containers that were used later, or at the very same instant, and in
// the stem cells that were created later and have started earlier.
class ContainerTable {
 public:
  ContainerTable();
  ContainerTable(const ContainerTable& other);
  ContainerTable& operator=(const ContainerTable& other);
  ContainerTable(ContainerTable&&) noexcept;
  ContainerTable& operator=(ContainerTable&&) noexcept;
  ~ContainerTable();

  // ---- Changes. All constant.

  // REQUIRES: data.id greater than every id added before; data.memory > 0;
  // 0 <= active count <= the action's concurrency_max.
  void add(ContainerData data);
  // Puts the container into "state". REQUIRES: id is in the table; as for add().
  void update(ContainerId id, ContainerState state);
  // REQUIRES: id is in the table.
  void erase(ContainerId id);

  // ---- One container. Pointers are valid until the next change.

  const ContainerData* find(ContainerId id) const;  // Null if unknown.
  std::size_t size() const;

  // ---- All of them, by increasing id. Part of the contract: no order of a hash
  // map is ever seen.
  class Iterator {
   public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = ContainerData;
    using difference_type = std::ptrdiff_t;
    using pointer = const ContainerData*;
    using reference = const ContainerData&;
    Iterator() = default;
    reference operator*() const;
    pointer operator->() const { return &**this; }
    Iterator& operator++();
    Iterator operator++(int);
    friend bool operator==(const Iterator&, const Iterator&) = default;

   private:
    friend class ContainerTable;
    const ContainerTable* table_ = nullptr;
    std::size_t slot_ = 0;
  };
  Iterator begin() const;
  Iterator end() const;

  // ---- What schedule() asks. Constant.

  enum class WarmClass { Warmed, Warming, WarmingCold };
  // Of the containers of "key" in that class that have capacity: the most
  // recently used, of equals the lowest id. Null if there is none.
  const ContainerData* mostRecentlyUsed(const ActionKey& key, WarmClass warm_class) const;

  // ---- What remove() asks: idle containers, oldest last_used first, of equals
  // the lowest id. Constant a step.

  const ContainerData* oldestIdle() const;                      // Null if there is none.
  const ContainerData* nextIdle(const ContainerData& idle) const;  // Null after the last.
  ByteSize idleMemory() const;
  std::size_t idleCount() const;

  // Stem cells that have started, lowest id first. Constant a step.
  const ContainerData* oldestPrewarmed() const;                              // Null if none.
  const ContainerData* nextPrewarmed(const ContainerData& prewarmed) const;  // Null after the last.
  ByteSize prewarmedMemory() const;  // Of those.

  // Containers bound to the action, in whatever state.
  int containerCountOf(const ActionKey& key) const;

  // ---- What hasPoolSpaceFor() asks. Constant.

  ByteSize userMemory() const;      // Of all but stem cells; those being removed included.
  ByteSize prewarmMemory() const;   // Of stem cells; those being removed included.
  // The parts of these two whose removal was ordered.
  ByteSize removingUserMemory() const;
  ByteSize removingPrewarmMemory() const;
  // The parts of these whose removal has failed so far.
  ByteSize stuckUserMemory() const;
  ByteSize stuckPrewarmMemory() const;

  // ---- What backfill() asks. Constant.

  // Prewarmed, of this kind and exactly this memory: the lowest id. Null if none.
  const ContainerData* oldestPrewarmed(const RuntimeKind& runtime, ByteSize memory) const;
  // Starting or Prewarmed, of this kind and exactly this memory.
  int prewarmCount(const RuntimeKind& runtime, ByteSize memory) const;

  // Aborts with a message iff an index or a sum differs from what a slow
  // recomputation gives. O(size).
  void checkInvariants() const;

 private:
  struct Index;
  std::unique_ptr<Index> index_;
};

}  // namespace owpool

#endif  // OWPOOL_CONTAINER_TABLE_H_
