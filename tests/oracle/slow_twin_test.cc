// Goal: the indexed functions decide as the rules say. Method: seeded random tables,
// changed step by step; after each step both answer the same questions.
#include <catch2/catch.hpp>

#include <random>

#include "tests/core/builders.h"
#include "tests/oracle/slow_twin.h"

namespace owpool {
namespace {

class RandomTable {
 public:
  explicit RandomTable(std::uint64_t seed) : random_(seed) {
    for (const auto* name : {"a", "b"}) {
      for (const int limit : {1, 3}) {
        ActionSpec spec;
        spec.name = name;
        spec.revision = std::to_string(limit);
        spec.concurrency_max = limit;
        actions_.push_back(makeAction(spec));
      }
    }
  }

  void step() {
    const int choice = below(10);
    if (choice < 4 || mirror_.empty()) return add();
    const std::size_t at = static_cast<std::size_t>(below(static_cast<int>(mirror_.size())));
    if (choice == 4) {
      table_.erase(mirror_[at].id);
      mirror_.erase(mirror_.begin() + static_cast<std::ptrdiff_t>(at));
      return;
    }
    if (std::holds_alternative<Removing>(mirror_[at].state)) return;
    mirror_[at].state = nextState(mirror_[at]);
    table_.update(mirror_[at].id, mirror_[at].state);
  }

  void compare() {
    for (const ActionPtr& action : actions_) {
      REQUIRE(schedule(table_, action->key) == slow_twin::schedule(mirror_, action->key));
    }
    REQUIRE(memoryConsumptionOf(table_) == slow_twin::memoryConsumptionOf(mirror_));
    for (const ByteSize size : {0_MiB, 1_MiB, 128_MiB, 300_MiB, 700_MiB, 5000_MiB}) {
      REQUIRE(remove(table_, size) == slow_twin::remove(mirror_, size));
      REQUIRE(hasPoolSpaceFor(table_, size, 1000_MiB) ==
              slow_twin::hasPoolSpaceFor(mirror_, size, 1000_MiB));
    }
    const std::vector<PrewarmConfig> configs{{kNode, 128_MiB, 3}, {kPython, 256_MiB, 1},
                                             {kNode, 256_MiB, 0}};
    REQUIRE(backfill(table_, configs) == slow_twin::backfill(mirror_, configs));
    table_.checkInvariants();
  }

 private:
  int below(int limit) { return std::uniform_int_distribution<int>(0, limit - 1)(random_); }
  // Few values, so that ties are common; not in order, as they are in a pool.
  TimePoint someTime() { return at(std::chrono::seconds(below(5))); }

  void add() {
    const ByteSize memory = below(2) == 0 ? 128_MiB : 256_MiB;
    ContainerData data{{++last_id_}, memory, Starting{below(2) == 0 ? kNode : kPython}};
    if (below(3) > 0) data.state = WarmingCold{someAction(), 0, someTime()};
    if (below(3) == 0) data.state = nextState(data);
    mirror_.push_back(data);
    table_.add(std::move(data));
  }

  ActionPtr someAction() {
    return actions_[static_cast<std::size_t>(below(static_cast<int>(actions_.size())))];
  }

  ContainerState nextState(const ContainerData& data) {
    const Action* bound = actionOf(data);
    ActionPtr action = someAction();
    for (const ActionPtr& candidate : actions_) {
      if (bound == candidate.get()) action = candidate;
    }
    const int active = below(action->concurrency_max + 1);
    switch (below(bound == nullptr ? 4 : 5)) {
      case 0: return Removing{RemovalCause::Evicted, isPrewarm(data)};
      case 1: return Warming{action, active, someTime()};
      case 2: return Warmed{action, active, someTime(), WarmPhase::Ready};
      case 3:
        if (bound == nullptr) return Prewarmed{kNode};
        return Warmed{action, 0, someTime(), WarmPhase::Paused};
      default: return Draining{action, active, RemovalCause::RunFailed};
    }
  }

  std::mt19937_64 random_;
  std::vector<ActionPtr> actions_;
  std::uint64_t last_id_ = 0;
  ContainerTable table_;
  slow_twin::Containers mirror_;
};

TEST_CASE("the four functions decide as their slow twin does") {
  const auto seed = GENERATE(range(1, 41));
  CAPTURE(seed);
  RandomTable table(static_cast<std::uint64_t>(seed));
  for (int step = 0; step < 250; ++step) {
    CAPTURE(step);
    table.step();
    table.compare();
  }
}

}  // namespace
}  // namespace owpool
