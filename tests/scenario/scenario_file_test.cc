// The runner itself: what it cannot read it says, with the line.
#include <catch2/catch.hpp>

#include "tests/scenario/scenario.h"
#include "tests/scenario/scenario_file.h"

namespace owpool::scenario {
namespace {

using Catch::Matchers::Contains;

TEST_CASE("a scenario is written as it was read") {
  const std::string text =
      "# A comment that stands alone.\n"
      "\n"
      "# Two commands.\n"
      "pool memory=256\n"
      "advance 1s\n"
      "----\n"
      "(no effects)\n"
      "#1 is expected text here\n"
      "\n"
      "stats\n"
      "----\n";
  const std::vector<Step> steps = parseSteps(text);
  REQUIRE(steps.size() == 3);
  CHECK(steps[1].commands.size() == 2);
  CHECK(steps[1].commands[1].number == 5);
  CHECK(steps[1].expected.size() == 2);
  CHECK(textOf(steps) == text);
}

TEST_CASE("what is not a scenario is refused with its line") {
  struct Case {
    const char* text;
    const char* error;
  };
  const auto row = GENERATE(
      Case{"pool\n\nadvance 1s\n----\n", "line 1: a command without \"----\""},
      Case{"\n----\n", "line 2: \"----\" without a command"},
      Case{"pool\n# late\n----\n", "line 2: a comment after a command"});
  CAPTURE(row.text);
  CHECK_THROWS_WITH(parseSteps(row.text), row.error);
}

TEST_CASE("a difference shows what is missing and what is too much") {
  CHECK(difference({"a", "b", "c"}, {"a", "c", "d"}) == "  a\n- b\n  c\n+ d\n");
  CHECK(difference({}, {"a"}) == "+ a\n");
  CHECK(difference({"a"}, {}) == "- a\n");
}

TEST_CASE("a command that does not exist or is badly formed is an error that names it") {
  struct Case {
    const char* command;
    const char* error;
  };
  const auto row = GENERATE(
      Case{"pause #1", "unknown command \"pause\""},
      Case{"pool memry=1", "unknown option \"memry\""},
      Case{"pool memory=big", "\"big\" is not a number"},
      Case{"pool discipline=lifo", "\"lifo\" is none of fifo, warm-bypass"},
      Case{"pool prewarm=nodejs:20", "\"nodejs:20\" is not KIND/MEMORYxCOUNT"},
      Case{"run 1 action=hello", "\"1\" is not an activation: a1, a2, …"},
      Case{"run a1", "needs action=…"},
      Case{"run a1 action=x color=red", "unknown option \"color\""},
      Case{"started 1", "\"1\" is not a container: #1, #2, …"},
      Case{"started #1 at", "too few words"},
      Case{"started #1 at x y", "too many words"},
      Case{"completed #1 a1 fine", "unknown option \"fine\""},
      Case{"probe #1 bad", "\"bad\" is none of"},
      Case{"advance 10", "\"10\" is not a time: 100ms, 10s, 2m, 1h"},
      Case{"advance", "too few words"});
  CAPTURE(row.command);
  Scenario scenario;
  if (std::string(row.command).substr(0, 4) != "pool") scenario.perform("pool memory=256");
  CHECK_THROWS_WITH(scenario.perform(row.command), Contains(row.error));
}

TEST_CASE("a scenario begins with its pool and has one only") {
  Scenario scenario;
  CHECK_THROWS_WITH(scenario.perform("advance 1s"), Contains("there is no pool yet"));
  scenario.perform("pool memory=256");
  CHECK_THROWS_WITH(scenario.perform("pool memory=256"), Contains("there is a pool already"));
}

}  // namespace
}  // namespace owpool::scenario
