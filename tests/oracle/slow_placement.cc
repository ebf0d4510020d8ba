#include "tests/oracle/slow_placement.h"

#include <algorithm>

namespace owpool::slow_twin {
namespace {

std::string withId(const std::string& word, ContainerId id) {
  return word + " #" + std::to_string(id.value);
}

bool isShared(const PoolConfig& config) {
  return config.memory_accounting.prewarms == PrewarmAccounting::Shared;
}

bool isFreeAtOnce(const PoolConfig& config) {
  return config.memory_accounting.release == MemoryRelease::WhenRemovalStarts;
}

// Of those that wait, whoever is next yields to a blocking activation unless it is one.
bool isNext(const Situation& situation, const Activation& arrived) {
  if (situation.waiting.empty()) return true;
  if (situation.config.blocking_priority == BlockingPriority::None) return false;
  if (arrived.mode == InvocationMode::NonBlocking) return false;
  return std::none_of(situation.waiting.begin(), situation.waiting.end(), [](const auto& other) {
    return other.mode == InvocationMode::Blocking;
  });
}

bool mayOvertake(const Situation& situation, const Activation& arrived) {
  if (situation.config.queue_discipline == QueueDiscipline::Fifo) return false;
  return std::none_of(situation.waiting.begin(), situation.waiting.end(), [&](const auto& other) {
    return other.action->key == arrived.action->key;
  });
}

// Empty if there is no container of its action with capacity.
std::string placeWarm(const Containers& containers, const Action& action) {
  const auto id = schedule(containers, action.key);
  if (!id) return "";
  for (const ContainerData& data : containers) {
    if (data.id != *id) continue;
    if (std::holds_alternative<Warming>(data.state)) return withId("warming", *id);
    if (std::holds_alternative<WarmingCold>(data.state)) return withId("warmingCold", *id);
  }
  return withId("warmed", *id);
}

// The stem cell of its kind and exactly its memory with the lowest id, or null.
const ContainerData* matchingStemCell(const Containers& containers, const Action& action) {
  for (const ContainerData& data : containers) {
    const auto* prewarmed = std::get_if<Prewarmed>(&data.state);
    if (prewarmed != nullptr && prewarmed->runtime == action.runtime &&
        data.memory == action.memory) {
      return &data;
    }
  }
  return nullptr;
}

int startsInFlight(const Containers& containers) {
  int count = 0;
  for (const ContainerData& data : containers) {
    if (std::holds_alternative<Starting>(data.state) ||
        std::holds_alternative<WarmingCold>(data.state)) {
      ++count;
    }
  }
  return count;
}

// Of memory that counts still: what will be free soon, because its removal was ordered and
// has not failed.
ByteSize memoryOnItsWay(const Situation& situation) {
  ByteSize sum;
  if (isFreeAtOnce(situation.config)) return sum;
  for (const ContainerData& data : situation.containers) {
    const auto* removing = std::get_if<Removing>(&data.state);
    if (removing == nullptr || removing->has_failed) continue;
    if (removing->was_prewarm && !isShared(situation.config)) continue;
    sum += data.memory;
  }
  return sum;
}

std::string placeNew(const Situation& situation, const Action& action, bool may_wait) {
  const PoolConfig& config = situation.config;
  const Containers& containers = situation.containers;
  const bool fits = hasPoolSpaceFor(containers, action.memory, config.user_memory,
                                    config.memory_accounting);
  // One that shares user memory is in it already.
  const ContainerData* stem_cell = matchingStemCell(containers, action);
  if (stem_cell != nullptr && (fits || isShared(config))) {
    return withId("prewarmed", stem_cell->id);
  }
  if (stem_cell == nullptr && startsInFlight(containers) >= config.starts_in_flight_max) {
    return "wait startsInFlight";
  }
  if (fits) return "cold #?";
  if (!may_wait) return "wait memory";

  const ByteSize missing = memoryConsumptionOf(containers, config.memory_accounting) +
                           action.memory - config.user_memory - memoryOnItsWay(situation);
  if (missing <= ByteSize()) return "wait removal";
  const std::vector<ContainerId> victims =
      isShared(config) ? removeWithPrewarms(containers, missing) : remove(containers, missing);
  if (victims.empty()) return "wait memory";
  std::string evicted = "evict";
  for (const ContainerId id : victims) evicted = withId(evicted, id);
  if (!isFreeAtOnce(config)) return evicted + ", wait removal";
  // Its memory is there now: a new container, or a stem cell that is beside user memory.
  if (stem_cell != nullptr) return evicted + ", " + withId("recreatedPrewarm", stem_cell->id);
  return evicted + ", recreated #?";
}

}  // namespace

std::string place(const Situation& situation, const Activation& arrived) {
  const Action& action = *arrived.action;
  if (action.memory > situation.config.user_memory) return "refuse largerThanPool";
  const bool is_next = isNext(situation, arrived);
  const bool may_wait =
      static_cast<int>(situation.waiting.size()) < situation.config.buffer_count_max;
  std::string outcome = "wait turn";
  if (is_next || mayOvertake(situation, arrived)) {
    const std::string warm = placeWarm(situation.containers, action);
    if (!warm.empty()) return warm;
  }
  if (is_next) outcome = placeNew(situation, action, may_wait);
  const bool waits = outcome.find("wait") != std::string::npos;
  return waits && !may_wait ? "refuse bufferFull" : outcome;
}

}  // namespace owpool::slow_twin
