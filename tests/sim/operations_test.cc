#include <catch2/catch.hpp>

#include <string>

#include "owpool-simulate/plan.h"

namespace owpool::simulate {
namespace {

TEST_CASE("operations are read as they were written") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const Operations operations = makeOperations(seed, seed, 3);
    const auto read = parseOperations(textOf(operations));
    REQUIRE(read.ok());
    CHECK(textOf(*read) == textOf(operations));
    CHECK(read->size() == operations.size());
  }
  CHECK(parseOperations("")->empty());
}

TEST_CASE("what is not an operation is quoted") {
  const auto text = GENERATE(as<std::string>(), "dance", "arrive", "arrive x", "arrive 1 2",
                             "arrive -1", "arrive 99999999999", "answer nobody 0 well",
                             "answer run 0 nicely", "advance 5", "advance 5 s", "advance 5m",
                             "advance -5s", "advance 9999999999h", "die asleep 0",
                             "arrive 0,, arrive 0", " ");
  CAPTURE(text);
  const auto read = parseOperations(text);
  REQUIRE_FALSE(read.ok());
  CHECK_THAT(std::string(read.status().message()), Catch::StartsWith("not an operation: \""));
}

}  // namespace
}  // namespace owpool::simulate
