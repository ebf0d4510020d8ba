#include "core/container_index.h"

#include <optional>
#include <utility>

#include "core/overloaded.h"
#include "core/shared_action.h"

namespace owpool {
namespace {

using internal::ActionGroup;
using internal::kNoSlot;
using internal::Overloaded;
using internal::PrewarmGroup;
using internal::Slot;
using internal::SlotListOps;
using internal::SlotNumber;
using WarmClass = ContainerTable::WarmClass;

using Slots = std::vector<Slot>;
using AllList = SlotListOps<Slots, &Slot::all>;
using PickList = SlotListOps<Slots, &Slot::pick>;
using IdleList = SlotListOps<Slots, &Slot::idle>;

std::optional<WarmClass> warmClassOf(const ContainerData& data) {
  return std::visit(Overloaded{
                        [](const Warmed&) -> std::optional<WarmClass> { return WarmClass::Warmed; },
                        [](const Warming&) -> std::optional<WarmClass> {
                          return WarmClass::Warming;
                        },
                        [](const WarmingCold&) -> std::optional<WarmClass> {
                          return WarmClass::WarmingCold;
                        },
                        [](const auto&) -> std::optional<WarmClass> { return std::nullopt; },
                    },
                    data.state);
}

TimePoint lastUsedOf(const ContainerData& data) {
  return std::visit(Overloaded{
                        [](const WarmingCold& state) { return state.last_used; },
                        [](const Warming& state) { return state.last_used; },
                        [](const Warmed& state) { return state.last_used; },
                        [](const auto&) { return TimePoint{}; },
                    },
                    data.state);
}

const RuntimeKind* prewarmRuntimeOf(const ContainerData& data) {
  if (const auto* starting = std::get_if<Starting>(&data.state)) return &starting->runtime;
  if (const auto* prewarmed = std::get_if<Prewarmed>(&data.state)) return &prewarmed->runtime;
  return nullptr;
}

bool byId(const Slot& a, const Slot& b) { return a.data.id < b.data.id; }

// Oldest first, then lowest id: the order of eviction.
bool byAge(const Slot& a, const Slot& b) {
  const TimePoint used_a = lastUsedOf(a.data);
  const TimePoint used_b = lastUsedOf(b.data);
  return used_a != used_b ? used_a < used_b : a.data.id < b.data.id;
}

// The best last: most recently used, of equals the lowest id.
bool byPreference(const Slot& a, const Slot& b) {
  const TimePoint used_a = lastUsedOf(a.data);
  const TimePoint used_b = lastUsedOf(b.data);
  return used_a != used_b ? used_a < used_b : a.data.id > b.data.id;
}

// Of two states of one container that is bound to its action: whether it stands at
// the same place of the same lists in both.
bool hasSamePlace(const ContainerData& a, const ContainerData& b) {
  return warmClassOf(a) == warmClassOf(b) && hasCapacity(a) == hasCapacity(b) &&
         isIdle(a) == isIdle(b) && lastUsedOf(a) == lastUsedOf(b);
}

void assertWellFormed(const ContainerData& data) {
  OWPOOL_ASSERT(data.memory > ByteSize());
  OWPOOL_ASSERT(activeCountOf(data) >= 0);
  const Action* action = actionOf(data);
  OWPOOL_ASSERT(action == nullptr || activeCountOf(data) <= action->concurrency_max);
}

}  // namespace

namespace internal {

void MemorySums::count(const ContainerData& data, int sign) {
  const ByteSize amount = ByteSize::bytes(sign * data.memory.count());
  const bool is_prewarm = isPrewarm(data);
  (is_prewarm ? prewarm : user) += amount;
  if (const auto* being_removed = std::get_if<Removing>(&data.state)) {
    (is_prewarm ? removing_prewarm : removing_user) += amount;
    if (being_removed->has_failed) (is_prewarm ? stuck_prewarm : stuck_user) += amount;
  }
  if (std::holds_alternative<Prewarmed>(data.state)) prewarmed += amount;
  if (isIdle(data)) {
    idle += amount;
    idle_count += static_cast<std::size_t>(sign);
  }
}

}  // namespace internal

void ContainerTable::Index::add(ContainerData data) {
  assertWellFormed(data);
  OWPOOL_ASSERT(all.tail == kNoSlot || slots[all.tail].data.id < data.id);
  SlotNumber slot = static_cast<SlotNumber>(slots.size());
  if (free_slots.empty()) {
    slots.emplace_back();
  } else {
    slot = free_slots.back();
    free_slots.pop_back();
  }
  by_id.emplace(data.id, slot);
  slots[slot].data = std::move(data);
  slots[slot].group = joinGroup(slots[slot].data);
  AllList::insert(slots, all, slot, byId);
  link(slot);
}

void ContainerTable::Index::update(ContainerId id, ContainerState state) {
  const auto found = by_id.find(id);
  OWPOOL_ASSERT(found != by_id.end());
  const SlotNumber slot = found->second;
  ContainerData& data = slots[slot].data;
  ContainerData changed{data.id, data.memory, std::move(state)};
  assertWellFormed(changed);
  OWPOOL_ASSERT(!std::holds_alternative<Removing>(data.state) ||
                std::holds_alternative<Removing>(changed.state));
  const Action* before = actionOf(data);
  const Action* after = actionOf(changed);
  // Bound once, bound for life.
  OWPOOL_ASSERT(before == nullptr || after == nullptr || before == after ||
                before->key == after->key);
  if (before != nullptr && after != nullptr && hasSamePlace(data, changed)) {
    sums.subtract(data);
    data.state = std::move(changed.state);
    sums.add(data);
    return;
  }
  unlink(slot);
  if (before != nullptr && after != nullptr) {
    data.state = std::move(changed.state);
  } else {
    const SlotNumber joined = joinGroup(changed);
    leaveGroup(data, slots[slot].group);
    data.state = std::move(changed.state);
    slots[slot].group = joined;
  }
  link(slot);
}

void ContainerTable::Index::erase(ContainerId id) {
  const auto found = by_id.find(id);
  OWPOOL_ASSERT(found != by_id.end());
  const SlotNumber slot = found->second;
  unlink(slot);
  AllList::erase(slots, all, slot);
  leaveGroup(slots[slot].data, slots[slot].group);
  slots[slot] = Slot{};
  free_slots.push_back(slot);
  by_id.erase(found);
}

void ContainerTable::Index::link(SlotNumber slot) {
  const Slot& s = slots[slot];
  sums.add(s.data);
  if (std::holds_alternative<Prewarmed>(s.data.state)) {
    PickList::insert(slots, prewarm_groups[s.group].prewarmed, slot, byId);
    IdleList::insert(slots, prewarmed, slot, byId);
  }
  if (hasCapacity(s.data)) {
    const auto warm_class = static_cast<std::size_t>(*warmClassOf(s.data));
    PickList::insert(slots, action_groups[s.group].with_capacity[warm_class], slot, byPreference);
  }
  if (isIdle(s.data)) IdleList::insert(slots, idle, slot, byAge);
}

void ContainerTable::Index::unlink(SlotNumber slot) {
  const Slot& s = slots[slot];
  sums.subtract(s.data);
  if (std::holds_alternative<Prewarmed>(s.data.state)) {
    PickList::erase(slots, prewarm_groups[s.group].prewarmed, slot);
    IdleList::erase(slots, prewarmed, slot);
  }
  if (hasCapacity(s.data)) {
    const auto warm_class = static_cast<std::size_t>(*warmClassOf(s.data));
    PickList::erase(slots, action_groups[s.group].with_capacity[warm_class], slot);
  }
  if (isIdle(s.data)) IdleList::erase(slots, idle, slot);
}

SlotNumber ContainerTable::Index::joinGroup(const ContainerData& data) {
  if (const RuntimeKind* runtime = prewarmRuntimeOf(data)) {
    const auto [it, added] = by_prewarm.try_emplace({*runtime, data.memory},
                                                    static_cast<SlotNumber>(prewarm_groups.size()));
    if (added) prewarm_groups.emplace_back();
    ++prewarm_groups[it->second].container_count;
    return it->second;
  }
  const Action* action = actionOf(data);
  if (action == nullptr) return kNoSlot;
  auto it = by_action.find(action->key);
  if (it == by_action.end()) {
    SlotNumber group = static_cast<SlotNumber>(action_groups.size());
    if (free_action_groups.empty()) {
      action_groups.emplace_back();
    } else {
      group = free_action_groups.back();
      free_action_groups.pop_back();
    }
    ActionPtr shared = internal::sharedActionOf(data.state);
    action_groups[group].action = shared;
    it = by_action.emplace(std::move(shared), group).first;
  }
  ++action_groups[it->second].container_count;
  return it->second;
}

// A prewarm group is kept when it is empty: there are as many as were configured.
void ContainerTable::Index::leaveGroup(const ContainerData& data, SlotNumber group) {
  if (prewarmRuntimeOf(data) != nullptr) {
    --prewarm_groups[group].container_count;
    return;
  }
  if (actionOf(data) == nullptr) return;
  if (--action_groups[group].container_count > 0) return;
  by_action.erase(action_groups[group].action->key);
  action_groups[group] = ActionGroup{};
  free_action_groups.push_back(group);
}

}  // namespace owpool
