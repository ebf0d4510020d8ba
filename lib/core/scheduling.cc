#include "owpool/scheduling.h"

namespace owpool {

std::optional<ContainerId> schedule(const ContainerTable& table, const ActionKey& key) {
  using enum ContainerTable::WarmClass;
  for (const auto warm_class : {Warmed, Warming, WarmingCold}) {
    if (const auto* container = table.mostRecentlyUsed(key, warm_class)) return container->id;
  }
  return std::nullopt;
}

ByteSize memoryConsumptionOf(const ContainerTable& table) { return table.userMemory(); }

bool hasPoolSpaceFor(const ContainerTable& table, ByteSize needed, ByteSize capacity) {
  return memoryConsumptionOf(table) + needed <= capacity;
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
