#include "owpool/container_table.h"

#include <utility>

#include "core/container_index.h"

namespace owpool {

using internal::kNoSlot;
using internal::SlotNumber;

namespace {

constexpr std::size_t kEnd = kNoSlot;

}  // namespace

ContainerTable::ContainerTable() : index_(std::make_unique<Index>()) {}
ContainerTable::ContainerTable(const ContainerTable& other)
    : index_(std::make_unique<Index>(*other.index_)) {}
ContainerTable& ContainerTable::operator=(const ContainerTable& other) {
  if (this != &other) *index_ = *other.index_;
  return *this;
}
ContainerTable::ContainerTable(ContainerTable&&) noexcept = default;
ContainerTable& ContainerTable::operator=(ContainerTable&&) noexcept = default;
ContainerTable::~ContainerTable() = default;

void ContainerTable::add(ContainerData data) { index_->add(std::move(data)); }
void ContainerTable::update(ContainerId id, ContainerState state) {
  index_->update(id, std::move(state));
}
void ContainerTable::erase(ContainerId id) { index_->erase(id); }

const ContainerData* ContainerTable::find(ContainerId id) const {
  const auto found = index_->by_id.find(id);
  return found == index_->by_id.end() ? nullptr : &index_->slots[found->second].data;
}

std::size_t ContainerTable::size() const { return index_->by_id.size(); }

ContainerTable::Iterator ContainerTable::begin() const {
  Iterator it;
  it.table_ = this;
  it.slot_ = index_->all.head;
  return it;
}

ContainerTable::Iterator ContainerTable::end() const {
  Iterator it;
  it.table_ = this;
  it.slot_ = kEnd;
  return it;
}

const ContainerData& ContainerTable::Iterator::operator*() const {
  return table_->index_->slots[slot_].data;
}

ContainerTable::Iterator& ContainerTable::Iterator::operator++() {
  slot_ = table_->index_->slots[slot_].all.next;
  return *this;
}

ContainerTable::Iterator ContainerTable::Iterator::operator++(int) {
  Iterator before = *this;
  ++*this;
  return before;
}

const ContainerData* ContainerTable::mostRecentlyUsed(const ActionKey& key,
                                                      WarmClass warm_class) const {
  const auto group = index_->by_action.find(key);
  if (group == index_->by_action.end()) return nullptr;
  const SlotNumber best = index_->action_groups[group->second]
                              .with_capacity[static_cast<std::size_t>(warm_class)]
                              .tail;
  return best == kNoSlot ? nullptr : &index_->slots[best].data;
}

const ContainerData* ContainerTable::oldestIdle() const {
  return index_->idle.head == kNoSlot ? nullptr : &index_->slots[index_->idle.head].data;
}

const ContainerData* ContainerTable::nextIdle(const ContainerData& idle) const {
  const SlotNumber next = index_->slots[index_->by_id.at(idle.id)].idle.next;
  return next == kNoSlot ? nullptr : &index_->slots[next].data;
}

ByteSize ContainerTable::idleMemory() const { return index_->sums.idle; }
std::size_t ContainerTable::idleCount() const { return index_->sums.idle_count; }
ByteSize ContainerTable::userMemory() const { return index_->sums.user; }
ByteSize ContainerTable::prewarmMemory() const { return index_->sums.prewarm; }
ByteSize ContainerTable::removingUserMemory() const { return index_->sums.removing_user; }
ByteSize ContainerTable::removingPrewarmMemory() const { return index_->sums.removing_prewarm; }
ByteSize ContainerTable::stuckUserMemory() const { return index_->sums.stuck_user; }
ByteSize ContainerTable::stuckPrewarmMemory() const { return index_->sums.stuck_prewarm; }
ByteSize ContainerTable::prewarmedMemory() const { return index_->sums.prewarmed; }

const ContainerData* ContainerTable::oldestPrewarmed() const {
  return index_->prewarmed.head == kNoSlot ? nullptr : &index_->slots[index_->prewarmed.head].data;
}

const ContainerData* ContainerTable::nextPrewarmed(const ContainerData& prewarmed) const {
  const SlotNumber next = index_->slots[index_->by_id.at(prewarmed.id)].idle.next;
  return next == kNoSlot ? nullptr : &index_->slots[next].data;
}

int ContainerTable::containerCountOf(const ActionKey& key) const {
  const auto group = index_->by_action.find(key);
  return group == index_->by_action.end() ? 0
                                          : index_->action_groups[group->second].container_count;
}

const ContainerData* ContainerTable::oldestPrewarmed(const RuntimeKind& runtime,
                                                     ByteSize memory) const {
  const auto group = index_->by_prewarm.find({runtime, memory});
  if (group == index_->by_prewarm.end()) return nullptr;
  const SlotNumber oldest = index_->prewarm_groups[group->second].prewarmed.head;
  return oldest == kNoSlot ? nullptr : &index_->slots[oldest].data;
}

int ContainerTable::prewarmCount(const RuntimeKind& runtime, ByteSize memory) const {
  const auto group = index_->by_prewarm.find({runtime, memory});
  return group == index_->by_prewarm.end()
             ? 0
             : index_->prewarm_groups[group->second].container_count;
}

// Rebuilds the table from its containers alone and asks both the same questions.
void ContainerTable::checkInvariants() const {
  ContainerTable rebuilt;
  for (const ContainerData& data : *this) rebuilt.add(data);
  OWPOOL_ASSERT(rebuilt.size() == size());
  OWPOOL_ASSERT(rebuilt.index_->sums == index_->sums);
  for (const ContainerData *a = oldestIdle(), *b = rebuilt.oldestIdle();
       a != nullptr || b != nullptr; a = nextIdle(*a), b = rebuilt.nextIdle(*b)) {
    OWPOOL_ASSERT(a != nullptr && b != nullptr && a->id == b->id);
  }
  for (const ContainerData *a = oldestPrewarmed(), *b = rebuilt.oldestPrewarmed();
       a != nullptr || b != nullptr; a = nextPrewarmed(*a), b = rebuilt.nextPrewarmed(*b)) {
    OWPOOL_ASSERT(a != nullptr && b != nullptr && a->id == b->id);
  }
  OWPOOL_ASSERT(rebuilt.index_->by_action.size() == index_->by_action.size());
  for (const auto& [action, group] : rebuilt.index_->by_action) {
    for (const auto warm_class : {WarmClass::Warmed, WarmClass::Warming, WarmClass::WarmingCold}) {
      const ContainerData* a = mostRecentlyUsed(action->key, warm_class);
      const ContainerData* b = rebuilt.mostRecentlyUsed(action->key, warm_class);
      OWPOOL_ASSERT((a == nullptr) == (b == nullptr));
      OWPOOL_ASSERT(a == nullptr || a->id == b->id);
    }
  }
  for (const auto& [key, group] : index_->by_prewarm) {
    OWPOOL_ASSERT(prewarmCount(key.runtime, key.memory) ==
                  rebuilt.prewarmCount(key.runtime, key.memory));
    const ContainerData* a = oldestPrewarmed(key.runtime, key.memory);
    const ContainerData* b = rebuilt.oldestPrewarmed(key.runtime, key.memory);
    OWPOOL_ASSERT((a == nullptr) == (b == nullptr));
    OWPOOL_ASSERT(a == nullptr || a->id == b->id);
  }
}

}  // namespace owpool
