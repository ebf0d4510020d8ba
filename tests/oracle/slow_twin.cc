#include "tests/oracle/slow_twin.h"

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

// Oldest first, of equals the lowest id.
Containers idleOnes(const Containers& containers) {
  Containers idle;
  for (const ContainerData& data : containers) {
    const auto* warmed = std::get_if<Warmed>(&data.state);
    if (warmed != nullptr && warmed->active_count == 0) idle.push_back(data);
  }
  std::sort(idle.begin(), idle.end(), [](const auto& a, const auto& b) {
    return lastUsed(a) != lastUsed(b) ? lastUsed(a) < lastUsed(b) : a.id < b.id;
  });
  return idle;
}

// From the front as many as needed, or none.
std::vector<ContainerId> firstThatFree(const Containers& candidates, ByteSize to_free) {
  std::vector<ContainerId> victims;
  ByteSize freed;
  for (const ContainerData& data : candidates) {
    if (freed >= to_free) break;
    victims.push_back(data.id);
    freed += data.memory;
  }
  return freed >= to_free ? victims : std::vector<ContainerId>();
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

ByteSize memoryConsumptionOf(const Containers& containers, MemoryAccounting accounting) {
  ByteSize sum;
  for (const ContainerData& data : containers) {
    if (countsAsPrewarm(data) && accounting.prewarms == PrewarmAccounting::Separate) continue;
    if (std::holds_alternative<Removing>(data.state) &&
        accounting.release == MemoryRelease::WhenRemovalStarts) {
      continue;
    }
    sum += data.memory;
  }
  return sum;
}

bool hasPoolSpaceFor(const Containers& containers, ByteSize needed, ByteSize capacity,
                     MemoryAccounting accounting) {
  return memoryConsumptionOf(containers, accounting) + needed <= capacity;
}

std::vector<ContainerId> remove(const Containers& containers, ByteSize to_free) {
  return firstThatFree(idleOnes(containers), to_free);
}

std::vector<ContainerId> removeWithPrewarms(const Containers& containers, ByteSize to_free) {
  Containers candidates = idleOnes(containers);
  for (const ContainerData& data : containers) {
    if (std::holds_alternative<Prewarmed>(data.state)) candidates.push_back(data);
  }
  return firstThatFree(candidates, to_free);
}

// One after the other: each full threshold of cold starts adds an increment.
int reactiveCount(const ReactivePrewarm& reactive, int cold_start_count) {
  int wanted = 0;
  for (int count = 1; count <= cold_start_count; ++count) {
    if (count % reactive.threshold == 0) wanted += reactive.increment;
  }
  while (wanted > reactive.count_max) --wanted;
  while (wanted < reactive.count_min) ++wanted;
  return wanted;
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
