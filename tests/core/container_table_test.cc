#include "owpool/container_table.h"

#include <catch2/catch.hpp>

#include "tests/core/builders.h"

namespace owpool {
namespace {

TEST_CASE("a table is walked by increasing id, whatever was erased between") {
  ContainerTable table;
  for (std::uint64_t id = 1; id <= 5; ++id) table.add({{id}, 128_MiB, Starting{kNode}});
  table.erase({2});
  table.erase({5});
  table.add({{6}, 128_MiB, Starting{kNode}});
  std::vector<std::uint64_t> ids;
  for (const ContainerData& data : table) ids.push_back(data.id.value);
  CHECK(ids == std::vector<std::uint64_t>{1, 3, 4, 6});
  CHECK(table.size() == 4);
}

TEST_CASE("a copy of a table is independent of the original") {
  const ActionPtr action = makeAction();
  ContainerTable table;
  table.add({{1}, 256_MiB, Warmed{action, 0, at(1s), WarmPhase::Ready}});
  ContainerTable copy = table;
  table.update({1}, Removing{RemovalCause::Evicted, false});
  REQUIRE(copy.oldestIdle() != nullptr);
  CHECK(copy.oldestIdle()->id == ContainerId{1});
  CHECK(table.oldestIdle() == nullptr);
  copy.checkInvariants();
  table.checkInvariants();
}

TEST_CASE("memory is summed by what it is used for") {
  const ActionPtr action = makeAction();
  ContainerTable table;
  table.add({{1}, 256_MiB, Warmed{action, 0, at(1s), WarmPhase::Ready}});
  table.add({{2}, 128_MiB, Prewarmed{kNode}});
  table.add({{3}, 64_MiB, Starting{kNode}});
  CHECK(table.userMemory() == 256_MiB);
  CHECK(table.prewarmMemory() == 192_MiB);
  CHECK(table.idleMemory() == 256_MiB);
  table.update({1}, Removing{RemovalCause::Evicted, false});
  table.update({2}, Removing{RemovalCause::Unhealthy, true});
  CHECK(table.userMemory() == 256_MiB);
  CHECK(table.removingUserMemory() == 256_MiB);
  CHECK(table.prewarmMemory() == 192_MiB);
  CHECK(table.idleMemory() == 0_MiB);
  table.erase({1});
  CHECK(table.userMemory() == 0_MiB);
  CHECK(table.removingUserMemory() == 0_MiB);
}

TEST_CASE("the oldest stem cell of exactly the kind and memory is found") {
  ContainerTable table;
  table.add({{1}, 128_MiB, Prewarmed{kNode}});
  table.add({{2}, 256_MiB, Starting{kNode}});
  table.add({{3}, 256_MiB, Prewarmed{kNode}});
  table.add({{4}, 256_MiB, Prewarmed{kNode}});
  REQUIRE(table.oldestPrewarmed(kNode, 256_MiB) != nullptr);
  CHECK(table.oldestPrewarmed(kNode, 256_MiB)->id == ContainerId{3});
  CHECK(table.oldestPrewarmed(kPython, 256_MiB) == nullptr);
  CHECK(table.oldestPrewarmed(kNode, 512_MiB) == nullptr);
  CHECK(table.prewarmCount(kNode, 256_MiB) == 3);
}

}  // namespace
}  // namespace owpool
