// Doubly linked lists through slots of one vector, by number: no allocation, and a
// copy of the vector is a copy of its lists.
#ifndef OWPOOL_CORE_SLOT_LIST_H_
#define OWPOOL_CORE_SLOT_LIST_H_

#include <cstdint>
#include <limits>

#include "core/assert.h"

namespace owpool::internal {

using SlotNumber = std::uint32_t;
inline constexpr SlotNumber kNoSlot = std::numeric_limits<SlotNumber>::max();

struct SlotLink {
  SlotNumber prev = kNoSlot;
  SlotNumber next = kNoSlot;
};

struct SlotList {
  SlotNumber head = kNoSlot;
  SlotNumber tail = kNoSlot;
};

// The list operations on a vector of slots that have the link "link".
template <typename Slots, auto link>
struct SlotListOps {
  // Keeps "list" ordered. "before(a, b)": slot a belongs before slot b. Constant if
  // the new one belongs at the end, as it does while time goes forward.
  template <typename Before>
  static void insert(Slots& slots, SlotList& list, SlotNumber slot, Before before) {
    SlotNumber after = list.tail;
    while (after != kNoSlot && before(slots[slot], slots[after])) after = (slots[after].*link).prev;
    const SlotNumber next = after == kNoSlot ? list.head : (slots[after].*link).next;
    slots[slot].*link = {after, next};
    (after == kNoSlot ? list.head : (slots[after].*link).next) = slot;
    (next == kNoSlot ? list.tail : (slots[next].*link).prev) = slot;
  }

  // REQUIRES: "slot" is in "list".
  static void erase(Slots& slots, SlotList& list, SlotNumber slot) {
    const SlotLink gone = slots[slot].*link;
    OWPOOL_ASSERT(gone.prev != kNoSlot || list.head == slot);
    OWPOOL_ASSERT(gone.next != kNoSlot || list.tail == slot);
    (gone.prev == kNoSlot ? list.head : (slots[gone.prev].*link).next) = gone.next;
    (gone.next == kNoSlot ? list.tail : (slots[gone.next].*link).prev) = gone.prev;
    slots[slot].*link = {};
  }
};

}  // namespace owpool::internal

#endif  // OWPOOL_CORE_SLOT_LIST_H_
