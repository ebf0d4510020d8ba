#include "tests/core/slow_twin.h"

#include <algorithm>

namespace owpool::slow_twin {
namespace {

// 0 is scheduled to first; -1 never.
int classOf(const ContainerData& data) {
  if (std::holds_alternative<Warmed>(data.state)) return 0;
  if (std::holds_alternative<Warming>(data.state)) return 1;
  if (std::holds_alternative<WarmingCold>(data.state)) return 2;
  return -1;
}

TimePoint lastUsed(const ContainerData& data) {
  if (const auto* s = std::get_if<Warmed>(&data.state)) return s->last_used;
  if (const auto* s = std::get_if<Warming>(&data.state)) return s->last_used;
  return std::get<WarmingCold>(data.state).last_used;
}

bool countsAsPrewarm(const ContainerData& data) {
  if (const auto* s = std::get_if<Removing>(&data.state)) return s->was_prewarm;
  return std::holds_alternative<Starting>(data.state) ||
         std::holds_alternative<Prewarmed>(data.state);
}

const RuntimeKind* prewarmKind(const ContainerData& data) {
  if (const auto* s = std::get_if<Starting>(&data.state)) return &s->runtime;
  if (const auto* s = std::get_if<Prewarmed>(&data.state)) return &s->runtime;
  return nullptr;
}

}  // namespace

std::optional<ContainerId> schedule(const Containers& containers, const ActionKey& key) {
  const ContainerData* best = nullptr;
  for (const ContainerData& candidate : containers) {
    if (classOf(candidate) < 0) continue;
    const Action& action = *actionOf(candidate);
    if (action.key != key || activeCountOf(candidate) >= action.concurrency_max) continue;
    if (best == nullptr || classOf(candidate) < classOf(*best) ||
        (classOf(candidate) == classOf(*best) &&
         (lastUsed(candidate) > lastUsed(*best) ||
          (lastUsed(candidate) == lastUsed(*best) && candidate.id < best->id)))) {
      best = &candidate;
    }
  }
  return best == nullptr ? std::nullopt : std::optional(best->id);
}

ByteSize memoryConsumptionOf(const Containers& containers) {
  ByteSize sum;
  for (const ContainerData& data : containers) {
    if (!countsAsPrewarm(data)) sum += data.memory;
  }
  return sum;
}

bool hasPoolSpaceFor(const Containers& containers, ByteSize needed, ByteSize capacity) {
  return memoryConsumptionOf(containers) + needed <= capacity;
}

std::vector<ContainerId> remove(const Containers& containers, ByteSize to_free) {
  Containers candidates;
  ByteSize available;
  for (const ContainerData& data : containers) {
    const auto* warmed = std::get_if<Warmed>(&data.state);
    if (warmed == nullptr || warmed->active_count > 0) continue;
    candidates.push_back(data);
    available += data.memory;
  }
  std::vector<ContainerId> victims;
  if (available < to_free) return victims;
  std::sort(candidates.begin(), candidates.end(), [](const auto& a, const auto& b) {
    return lastUsed(a) != lastUsed(b) ? lastUsed(a) < lastUsed(b) : a.id < b.id;
  });
  for (const ContainerData& data : candidates) {
    if (to_free <= ByteSize()) break;
    victims.push_back(data.id);
    to_free -= data.memory;
  }
  return victims;
}

std::vector<PrewarmShortfall> backfill(const Containers& containers,
                                       std::span<const PrewarmConfig> configs) {
  std::vector<PrewarmShortfall> shortfalls;
  for (const PrewarmConfig& config : configs) {
    int there = 0;
    for (const ContainerData& data : containers) {
      const RuntimeKind* kind = prewarmKind(data);
      if (kind != nullptr && *kind == config.runtime && data.memory == config.memory) ++there;
    }
    if (there < config.count) {
      shortfalls.push_back({config.runtime, config.memory, config.count - there});
    }
  }
  return shortfalls;
}

}  // namespace owpool::slow_twin
