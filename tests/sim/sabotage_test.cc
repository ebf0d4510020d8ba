// Goal: the checker is worth its name. Method: a pool is made to look broken in one
// way, and the run must find it, name the rule and shrink the operations to a few.
#include <catch2/catch.hpp>

#include <string>

#include "owpool-simulate/runner.h"

namespace owpool::simulate {
namespace {

struct Row {
  const char* sabotage;
  const char* rule;  // Part of what is said.
  std::size_t operations_max;
};

TEST_CASE("every kind of broken pool is found, and shown by a few operations") {
  const auto row = GENERATE(
      Row{"lose-answer", "unanswered", 6},
      Row{"answer-twice", "accepted and not answered", 6},
      Row{"run-twice", "an activation is not sent twice", 6},
      Row{"run-again", "accepted and not answered", 6},
      Row{"run-elsewhere", "broken rule", 6},
      Row{"run-uninitialized", "runs on a container that took its code", 6},
      Row{"run-paused", "broken rule", 12},
      Row{"run-removed", "sent to a container that was given up", 6},
      Row{"run-too-many", "broken rule", 16},
      Row{"run-at-taken-address", "given up", 12},
      Row{"other-code", "takes the code of the activation", 6},
      Row{"more-memory", "broken rule", 4},
      Row{"extra-credits", "credits and unanswered activations", 4},
      Row{"early-removal", "broken rule", 8},
      Row{"step-back", "broken invariant: now >= now_", 6});
  CAPTURE(row.sabotage);
  Options options;
  options.seed = 11;
  options.steps = 50'000;
  options.sabotage = *parseSabotage(row.sabotage);
  CHECK(sabotageName(options.sabotage) == row.sabotage);
  Counts counts;
  const Failure failure = runEpisodes(options, counts);
  CHECK_THAT(failure.what, Catch::Contains(row.rule));
  CAPTURE(textOf(failure.operations));
  CHECK(failure.operations.size() <= row.operations_max);
}

TEST_CASE("a pool that is not broken is not found to be") {
  Options options;
  options.seed = 11;
  options.steps = 50'000;
  Counts counts;
  CHECK(runEpisodes(options, counts).what.empty());
  CHECK(counts.steps == options.steps);
  CHECK(counts.answered_with_result > 0);
}

}  // namespace
}  // namespace owpool::simulate
