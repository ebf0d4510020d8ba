#include "owpool/scheduling.h"

#include <catch2/catch.hpp>

#include "tests/core/builders.h"

namespace owpool {
namespace {

const ActionPtr kHello = makeAction();
const ActionPtr kThreeAtOnce = [] {
  ActionSpec spec;
  spec.concurrency_max = 3;
  return makeAction(spec);
}();

ContainerTable tableOf(std::vector<ContainerState> states, ByteSize memory = 256_MiB) {
  ContainerTable table;
  std::uint64_t id = 0;
  for (ContainerState& state : states) table.add({{++id}, memory, std::move(state)});
  return table;
}

Warmed idle(const ActionPtr& action, Duration last_used) {
  return {action, 0, at(last_used), WarmPhase::Ready};
}
Warmed busy(const ActionPtr& action, int active, Duration last_used = 0s) {
  return {action, active, at(last_used), WarmPhase::Running};
}

TEST_CASE("schedule picks by class, then by use, then by id") {
  struct Row {
    std::string name;
    std::vector<ContainerState> containers;
    std::optional<ContainerId> expected;
  };
  const auto row = GENERATE(values<Row>({
      {"an empty table has nobody", {}, std::nullopt},
      {"an idle warm container is taken", {idle(kHello, 1s)}, ContainerId{1}},
      {"a busy one is not", {busy(kHello, 1)}, std::nullopt},
      {"warm comes before warming, though younger",
       {Warming{kThreeAtOnce, 1, at(9s)}, busy(kThreeAtOnce, 1, 1s)},
       ContainerId{2}},
      {"warming comes before warming cold",
       {WarmingCold{kThreeAtOnce, 1, at(9s)}, Warming{kThreeAtOnce, 1, at(1s)}},
       ContainerId{2}},
      {"a warming cold one is joined when there is nothing better",
       {WarmingCold{kThreeAtOnce, 1, at(1s)}},
       ContainerId{1}},
      {"a full warming one is not joined", {Warming{kHello, 1, at(1s)}}, std::nullopt},
      {"the most recently used one is taken",
       {idle(kHello, 1s), idle(kHello, 3s), idle(kHello, 2s)},
       ContainerId{2}},
      {"of equals the lowest id", {idle(kHello, 1s), idle(kHello, 1s)}, ContainerId{1}},
      {"concurrency is filled up to its limit", {busy(kThreeAtOnce, 2)}, ContainerId{1}},
      {"and not beyond", {busy(kThreeAtOnce, 3)}, std::nullopt},
      {"stem cells are never scheduled to", {Prewarmed{kNode}, Starting{kNode}}, std::nullopt},
      {"nor what is on its way out",
       {Draining{kThreeAtOnce, 1, RemovalCause::Died}, Removing{RemovalCause::Evicted, false}},
       std::nullopt},
  }));
  CAPTURE(row.name);
  CHECK(schedule(tableOf(row.containers), kHello->key) == row.expected);
}

TEST_CASE("schedule never crosses namespaces, actions or revisions") {
  ActionSpec other_namespace;
  other_namespace.invocation_namespace = "other";
  ActionSpec other_name;
  other_name.name = "other";
  ActionSpec other_revision;
  other_revision.revision = "2";
  const auto spec = GENERATE_COPY(values({other_namespace, other_name, other_revision}));
  CAPTURE(spec.invocation_namespace, spec.name, spec.revision);
  CHECK(schedule(tableOf({idle(kHello, 1s)}), makeAction(spec)->key) == std::nullopt);
}

TEST_CASE("hasPoolSpaceFor compares what is committed and needed with the capacity") {
  struct Row {
    std::string name;
    std::vector<ContainerState> containers;
    ByteSize needed;
    bool expected;
  };
  const auto row = GENERATE(values<Row>({
      {"an empty pool has space", {}, 512_MiB, true},
      {"exactly full is not too much", {idle(kHello, 0s)}, 256_MiB, true},
      {"a byte more is", {idle(kHello, 0s)}, 256_MiB + ByteSize::bytes(1), false},
      {"nothing fits into a full pool", {busy(kHello, 1), idle(kHello, 0s)}, 1_MiB, false},
      {"what is being removed still counts",
       {Removing{RemovalCause::Evicted, false}, busy(kHello, 1)},
       1_MiB,
       false},
      {"stem cells do not, nor do those being removed",
       {Prewarmed{kNode}, Starting{kNode}, Removing{RemovalCause::Shutdown, true}},
       512_MiB,
       true},
  }));
  CAPTURE(row.name);
  CHECK(hasPoolSpaceFor(tableOf(row.containers), row.needed, 512_MiB) == row.expected);
}

TEST_CASE("remove takes the oldest idle containers, all that is needed or none") {
  const std::vector<ContainerState> three{idle(kHello, 3s), idle(kHello, 1s), idle(kHello, 2s)};
  struct Row {
    std::string name;
    std::vector<ContainerState> containers;
    ByteSize to_free;
    std::vector<ContainerId> expected;
  };
  const auto row = GENERATE_COPY(values<Row>({
      {"nothing to free, nobody goes", three, 0_MiB, {}},
      {"a negative need is no need", three, 0_MiB - 1_MiB, {}},
      {"the oldest goes first", three, 1_MiB, {{2}}},
      {"its whole memory counts", three, 256_MiB, {{2}}},
      {"then the next oldest", three, 257_MiB, {{2}, {3}}},
      {"all of them if need be", three, 768_MiB, {{2}, {3}, {1}}},
      {"none if all would not be enough", three, 769_MiB, {}},
      {"of equals the lowest id", {idle(kHello, 1s), idle(kHello, 1s)}, 1_MiB, {{1}}},
      {"a busy one stays", {busy(kHello, 1), idle(kHello, 9s)}, 1_MiB, {{2}}},
      {"so does one with a single activation of three", {busy(kThreeAtOnce, 1)}, 1_MiB, {}},
      {"so do warming ones and stem cells",
       {Warming{kHello, 1, at(0s)}, WarmingCold{kHello, 1, at(0s)}, Prewarmed{kNode}},
       1_MiB,
       {}},
  }));
  CAPTURE(row.name);
  CHECK(remove(tableOf(row.containers), row.to_free) == row.expected);
}

TEST_CASE("backfill says what is missing, kind by kind") {
  struct Row {
    std::string name;
    std::vector<ContainerState> containers;
    std::vector<PrewarmConfig> configs;
    std::vector<PrewarmShortfall> expected;
  };
  const auto row = GENERATE(values<Row>({
      {"nothing configured, nothing missing", {}, {}, {}},
      {"all of them, at first", {}, {{kNode, 256_MiB, 2}}, {{kNode, 256_MiB, 2}}},
      {"those being started are there",
       {Starting{kNode}, Prewarmed{kNode}},
       {{kNode, 256_MiB, 3}},
       {{kNode, 256_MiB, 1}}},
      {"enough is enough", {Prewarmed{kNode}, Prewarmed{kNode}}, {{kNode, 256_MiB, 1}}, {}},
      {"another memory does not count",
       {Prewarmed{kNode}},
       {{kNode, 128_MiB, 1}},
       {{kNode, 128_MiB, 1}}},
      {"nor another kind, nor one that was taken",
       {Prewarmed{kPython}, Warming{kHello, 1, at(0s)}},
       {{kNode, 256_MiB, 1}, {kPython, 256_MiB, 1}},
       {{kNode, 256_MiB, 1}}},
      {"nor one being removed",
       {Removing{RemovalCause::Unhealthy, true}},
       {{kNode, 256_MiB, 1}},
       {{kNode, 256_MiB, 1}}},
  }));
  CAPTURE(row.name);
  CHECK(backfill(tableOf(row.containers), row.configs) == row.expected);
}

TEST_CASE("what counts as used is what the accounting says") {
  const ContainerTable pool = tableOf({idle(kHello, 1s), busy(kHello, 1), Prewarmed{kNode},
                                  Removing{RemovalCause::Evicted, /*was_prewarm=*/false},
                                  Removing{RemovalCause::Unhealthy, /*was_prewarm=*/true}});
  using enum MemoryRelease;
  using enum PrewarmAccounting;
  const auto [release, prewarms, expected] = GENERATE(
      table<MemoryRelease, PrewarmAccounting, int>({{WhenRemovalConfirmed, Separate, 3},
                                                    {WhenRemovalConfirmed, Shared, 5},
                                                    {WhenRemovalStarts, Separate, 2},
                                                    {WhenRemovalStarts, Shared, 3}}));
  const MemoryAccounting accounting{release, prewarms};
  const ByteSize used = ByteSize::mebibytes(256 * expected);
  CHECK(memoryConsumptionOf(pool, accounting) == used);
  CHECK(hasPoolSpaceFor(pool, 256_MiB, used + 256_MiB, accounting));
  CHECK_FALSE(hasPoolSpaceFor(pool, 256_MiB, used + 255_MiB, accounting));
}

TEST_CASE("stem cells that have started are removed after all the idle ones, or nobody is") {
  const ContainerTable pool =
      tableOf({Prewarmed{kNode}, idle(kHello, 2s), Starting{kNode}, Prewarmed{kPython},
               busy(kHello, 1), idle(kHello, 1s)});
  const auto [to_free, expected] = GENERATE(
      table<ByteSize, std::vector<ContainerId>>({{0_MiB, {}},
                                                 {256_MiB, {{6}}},
                                                 {512_MiB, {{6}, {2}}},
                                                 {513_MiB, {{6}, {2}, {1}}},
                                                 {1024_MiB, {{6}, {2}, {1}, {4}}},
                                                 {1025_MiB, {}}}));
  CAPTURE(to_free.count());
  CHECK(removeWithPrewarms(pool, to_free) == expected);
}

}  // namespace
}  // namespace owpool
