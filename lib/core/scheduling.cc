#include "owpool/scheduling.h"

#include <algorithm>

namespace owpool {

std::optional<ContainerId> schedule(const ContainerTable& table, const ActionKey& key) {
  using enum ContainerTable::WarmClass;
  for (const auto warm_class : {Warmed, Warming, WarmingCold}) {
    if (const auto* container = table.mostRecentlyUsed(key, warm_class)) return container->id;
  }
  return std::nullopt;
}

ByteSize memoryConsumptionOf(const ContainerTable& table, MemoryAccounting accounting) {
  const bool is_shared = accounting.prewarms == PrewarmAccounting::Shared;
  ByteSize sum = table.userMemory();
  if (is_shared) sum += table.prewarmMemory();
  if (accounting.release == MemoryRelease::WhenRemovalStarts) {
    sum -= table.removingUserMemory();
    if (is_shared) sum -= table.removingPrewarmMemory();
  }
  return sum;
}

bool hasPoolSpaceFor(const ContainerTable& table, ByteSize needed, ByteSize capacity,
                     MemoryAccounting accounting) {
  return memoryConsumptionOf(table, accounting) + needed <= capacity;
}

std::vector<ContainerId> remove(const ContainerTable& table, ByteSize to_free) {
  std::vector<ContainerId> victims;
  if (table.idleMemory() < to_free) return victims;
  const auto* oldest = table.oldestIdle();
  for (ByteSize missing = to_free; missing > ByteSize(); oldest = table.nextIdle(*oldest)) {
    victims.push_back(oldest->id);
    missing -= oldest->memory;
  }
  return victims;
}

std::vector<ContainerId> removeWithPrewarms(const ContainerTable& table, ByteSize to_free) {
  if (to_free <= table.idleMemory()) return remove(table, to_free);
  std::vector<ContainerId> victims;
  if (table.idleMemory() + table.prewarmedMemory() < to_free) return victims;
  victims = remove(table, table.idleMemory());
  const auto* oldest = table.oldestPrewarmed();
  for (ByteSize missing = to_free - table.idleMemory(); missing > ByteSize();
       oldest = table.nextPrewarmed(*oldest)) {
    victims.push_back(oldest->id);
    missing -= oldest->memory;
  }
  return victims;
}

int reactiveCount(const ReactivePrewarm& reactive, int cold_start_count) {
  if (cold_start_count == 0) return reactive.count_min;
  const int wanted = cold_start_count / reactive.threshold * reactive.increment;
  return std::min(std::max(wanted, reactive.count_min), reactive.count_max);
}

std::vector<PrewarmShortfall> backfill(const ContainerTable& table,
                                       std::span<const PrewarmConfig> configs) {
  std::vector<PrewarmShortfall> shortfalls;
  for (const PrewarmConfig& config : configs) {
    const int missing = config.count - table.prewarmCount(config.runtime, config.memory);
    if (missing > 0) shortfalls.push_back({config.runtime, config.memory, missing});
  }
  return shortfalls;
}

}  // namespace owpool
