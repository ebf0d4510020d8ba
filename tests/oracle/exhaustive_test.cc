// Goal: the functions decide as the rules say, for all tables of up to 4 containers.
// Method: schedule() looks at states, actions, activity and times, but not at memory; the
// other functions look at memory, at who is idle since when, and at stem cells. Each half
// is compared for everything it looks at, and both together for up to 2 containers.
#include <catch2/catch.hpp>

#include "tests/core/builders.h"
#include "tests/oracle/every_choice.h"
#include "tests/oracle/slow_twin.h"

namespace owpool {
namespace {

const std::vector<ByteSize> kSizes{ByteSize::bytes(1), ByteSize::bytes(2), ByteSize::bytes(3)};

constexpr MemoryAccounting kAccountings[] = {
    {MemoryRelease::WhenRemovalConfirmed, PrewarmAccounting::Separate},
    {MemoryRelease::WhenRemovalConfirmed, PrewarmAccounting::Shared},
    {MemoryRelease::WhenRemovalStarts, PrewarmAccounting::Separate},
    {MemoryRelease::WhenRemovalStarts, PrewarmAccounting::Shared},
};

// Two actions that run up to two activations in a container.
const std::vector<ActionPtr>& actions() {
  static const auto* const all = [] {
    ActionSpec a{"a"};
    ActionSpec b{"b"};
    a.concurrency_max = b.concurrency_max = 2;
    return new std::vector<ActionPtr>{makeAction(a), makeAction(b)};
  }();
  return *all;
}

// Everything that schedule() looks at, and states that it must not look at.
std::vector<ContainerState> statesToScheduleTo() {
  std::vector<ContainerState> states{Starting{kNode}, Prewarmed{kNode},
                                     Draining{actions()[0], 1, RemovalCause::RunFailed},
                                     Removing{}};
  for (const ActionPtr& action : actions()) {
    for (const TimePoint used : {at(1s), at(2s)}) {
      for (const int active : {1, 2}) {
        states.push_back(WarmingCold{action, active, used});
        states.push_back(Warming{action, active, used});
        states.push_back(Warmed{action, active, used, WarmPhase::Running});
      }
      states.push_back(Warmed{action, 0, used, WarmPhase::Ready});
    }
  }
  return states;
}

// Everything that the functions about memory look at, and states that use it only.
std::vector<ContainerState> statesWithMemory() {
  const ActionPtr& action = actions()[0];
  return {Starting{kNode},
          Starting{kPython},
          Prewarmed{kNode},
          Prewarmed{kPython},
          WarmingCold{action, 1, at(1s)},
          Warmed{action, 1, at(1s), WarmPhase::Running},
          Warmed{action, 0, at(1s), WarmPhase::Ready},
          Warmed{action, 0, at(2s), WarmPhase::Paused},
          Draining{action, 1, RemovalCause::Died},
          Removing{RemovalCause::Evicted, /*was_prewarm=*/false, /*has_failed=*/false},
          Removing{RemovalCause::Expired, /*was_prewarm=*/true, /*has_failed=*/true}};
}

struct BothTables {
  ContainerTable fast;
  slow_twin::Containers slow;

  BothTables(EveryChoice& choice, int count, const std::vector<ContainerState>& states,
             const std::vector<ByteSize>& sizes) {
    for (int i = 1; i <= count; ++i) {
      slow.push_back({{static_cast<std::uint64_t>(i)}, choice.of(sizes), choice.of(states)});
      fast.add(slow.back());
    }
  }
};

bool schedulesAlike(const BothTables& tables) {
  for (const ActionPtr& action : actions()) {
    if (schedule(tables.fast, action->key) != slow_twin::schedule(tables.slow, action->key)) {
      return false;
    }
  }
  return true;
}

bool countsAlike(const BothTables& tables) {
  for (const MemoryAccounting accounting : kAccountings) {
    const ByteSize sum = memoryConsumptionOf(tables.fast, accounting);
    if (sum != slow_twin::memoryConsumptionOf(tables.slow, accounting)) return false;
    for (const ByteSize size : kSizes) {
      if (hasPoolSpaceFor(tables.fast, size, ByteSize::bytes(8), accounting) !=
          slow_twin::hasPoolSpaceFor(tables.slow, size, ByteSize::bytes(8), accounting)) {
        return false;
      }
    }
  }
  return true;
}

bool removesAlike(const BothTables& tables) {
  for (const int to_free : {0, 1, 2, 3, 5, 7, 9, 13}) {
    const ByteSize size = ByteSize::bytes(to_free);
    if (remove(tables.fast, size) != slow_twin::remove(tables.slow, size)) return false;
    if (removeWithPrewarms(tables.fast, size) != slow_twin::removeWithPrewarms(tables.slow, size)) {
      return false;
    }
  }
  return true;
}

bool backfillsAlike(const BothTables& tables) {
  static const std::vector<PrewarmConfig> configs{{kNode, kSizes[0], 2}, {kNode, kSizes[1], 1},
                                                  {kPython, kSizes[0], 1}, {kPython, kSizes[2], 0}};
  return backfill(tables.fast, configs) == slow_twin::backfill(tables.slow, configs);
}

// Catch's assertions cost more than what is compared here: one for each table that is
// compared, and only if it is wrong.
template <typename Comparison>
void compareAll(int count_max, const std::vector<ContainerState>& states,
                const std::vector<ByteSize>& sizes, Comparison are_alike) {
  EveryChoice choice;
  std::int64_t table_count = 0;
  while (choice.begin()) {
    const BothTables tables(choice, choice.upTo(count_max), states, sizes);
    ++table_count;
    if (are_alike(tables)) continue;
    for (const ContainerData& data : tables.slow) {
      UNSCOPED_INFO("#" << data.id.value << " " << stateName(data.state) << " active "
                        << activeCountOf(data) << " memory " << data.memory.count());
    }
    FAIL("the functions differ from their slow twin at this table, number " << table_count);
  }
  std::int64_t expected = 0;
  std::int64_t power = 1;
  for (int i = 0; i <= count_max; ++i) {
    expected += power;
    power *= static_cast<std::int64_t>(states.size() * sizes.size());
  }
  CHECK(table_count == expected);
}

TEST_CASE("schedule decides as its slow twin does for all tables of up to 4 containers") {
  compareAll(4, statesToScheduleTo(), {kSizes[0]}, schedulesAlike);
}

TEST_CASE("memory is counted as by the slow twin for all tables of up to 4 containers") {
  compareAll(4, statesWithMemory(), kSizes, countsAlike);
}

TEST_CASE("remove and backfill decide as their slow twins do for all tables of up to 4") {
  compareAll(4, statesWithMemory(), kSizes, [](const BothTables& tables) {
    return removesAlike(tables) && backfillsAlike(tables);
  });
}

TEST_CASE("all functions together decide as their slow twins do for all tables of up to 2") {
  compareAll(2, statesToScheduleTo(), kSizes, [](const BothTables& tables) {
    return schedulesAlike(tables) && countsAlike(tables) && removesAlike(tables) &&
           backfillsAlike(tables);
  });
}

TEST_CASE("reactiveCount says what its slow twin does for all small configs") {
  EveryChoice choice;
  while (choice.begin()) {
    ReactivePrewarm reactive;
    reactive.count_max = 1 + choice.below(5);
    reactive.count_min = choice.upTo(reactive.count_max);
    reactive.threshold = 1 + choice.below(4);
    reactive.increment = 1 + choice.below(reactive.count_max);
    const int cold_starts = choice.below(20);
    CAPTURE(reactive.count_min, reactive.count_max, reactive.threshold, reactive.increment,
            cold_starts);
    REQUIRE(reactiveCount(reactive, cold_starts) ==
            slow_twin::reactiveCount(reactive, cold_starts));
  }
}

}  // namespace
}  // namespace owpool
