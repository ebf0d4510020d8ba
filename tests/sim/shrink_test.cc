#include <catch2/catch.hpp>

#include <algorithm>
#include <initializer_list>

#include "owpool-simulate/shrink.h"

namespace owpool::simulate {
namespace {

Operations arrivals(std::initializer_list<std::uint32_t> whiches) {
  Operations operations;
  for (const std::uint32_t which : whiches) {
    Operation arrival;
    arrival.kind = OperationKind::Arrive;
    arrival.which = which;
    operations.push_back(arrival);
  }
  return operations;
}

TEST_CASE("what is left after shrinking is what the failure needs, in its order") {
  const Operations operations = arrivals({1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16});
  const auto fails = [](const Operations& tried) {  // 3 before 11, and 16 anywhere.
    const auto find = [&](std::uint32_t which, Operations::const_iterator from) {
      return std::find_if(from, tried.end(), [&](const Operation& o) { return o.which == which; });
    };
    const auto three = find(3, tried.begin());
    return three != tried.end() && find(11, three) != tried.end() &&
           find(16, tried.begin()) != tried.end();
  };
  CHECK(shrink(operations, fails) == arrivals({3, 11, 16}));
}

TEST_CASE("a failure that needs no operation is shown without any") {
  CHECK(shrink(arrivals({1, 2, 3}), [](const Operations&) { return true; }).empty());
}

TEST_CASE("arguments that do not matter become simple") {
  const auto fails = [](const Operations& tried) { return tried.size() == 2; };
  CHECK(shrink(arrivals({7, 9}), fails) == arrivals({0, 0}));
}

}  // namespace
}  // namespace owpool::simulate
