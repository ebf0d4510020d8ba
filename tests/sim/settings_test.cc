#include <catch2/catch.hpp>

#include <set>
#include <string>

#include "owpool-simulate/plan.h"

namespace owpool::simulate {
namespace {

TEST_CASE("every drawn configuration is valid, and the same seed draws the same") {
  std::set<std::string> texts;
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    CAPTURE(seed);
    const Setting setting = makeSetting(seed);
    REQUIRE(setting.config.validate().ok());
    REQUIRE_FALSE(setting.actions.empty());
    texts.insert(textOf(setting));
    CHECK(textOf(makeSetting(seed)) == textOf(setting));
  }
  CHECK(texts.size() == 2000);
}

TEST_CASE("some kinds of operation do not occur in an episode, others prevail") {
  std::set<std::size_t> kind_counts;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    std::set<OperationKind> kinds;
    for (const Operation& operation : makeOperations(seed, seed, 2)) kinds.insert(operation.kind);
    kind_counts.insert(kinds.size());
  }
  CHECK(*kind_counts.begin() < 8);
  CHECK(*kind_counts.rbegin() >= 10);
}

}  // namespace
}  // namespace owpool::simulate
