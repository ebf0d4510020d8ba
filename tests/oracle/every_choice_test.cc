#include "tests/oracle/every_choice.h"

#include <catch2/catch.hpp>

#include <set>
#include <string>

namespace owpool {
namespace {

TEST_CASE("every choice is made once, in order") {
  std::vector<std::string> rounds;
  EveryChoice choice;
  while (choice.begin()) {
    std::string round;
    const int count = choice.upTo(2);
    for (int i = 0; i < count; ++i) round += choice.flag() ? "1" : "0";
    rounds.push_back(round);
  }
  CHECK(rounds == std::vector<std::string>{"", "0", "1", "00", "01", "10", "11"});
}

TEST_CASE("a test without choices has one round") {
  EveryChoice choice;
  CHECK(choice.begin());
  CHECK_FALSE(choice.begin());
}

TEST_CASE("a choice that depends on what it must not is found") {
  EveryChoice choice;
  REQUIRE(choice.begin());
  choice.below(2);
  choice.below(2);
  REQUIRE(choice.begin());
  CHECK_THROWS(choice.below(3));
}

}  // namespace
}  // namespace owpool
