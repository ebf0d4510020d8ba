// A pool that is driven by the commands of a scenario.
//
//   pool OPTION…                          the first command; see pool_options.cc
//   run aN action=NAME [memory=256] [concurrency=1] [kind=nodejs:20] [namespace=guest]
//          [revision=1] [time-limit=60s] [nonblocking]
//   started #N [at ADDRESS]               start-failed #N
//   initialized #N                        init-failed #N          init-not-delivered #N
//   result #N aN                          completed #N aN [broken]
//   not-delivered #N aN
//   paused #N   pause-failed #N           resumed #N   resume-failed #N
//   removed #N  removal-failed #N         died #N      probe #N ok|failed
//   advance DURATION                      from deadline to deadline, as a driver does
//   shutdown DURATION                     stats
#ifndef OWPOOL_TESTS_SCENARIO_SCENARIO_H_
#define OWPOOL_TESTS_SCENARIO_SCENARIO_H_

#include <optional>
#include <string>

#include "tests/scenario/command.h"
#include "tests/scenario/scenario_file.h"

namespace owpool::scenario {

class Scenario {
 public:
  // What the command leads to: effects, or what was asked for. Checks the invariants.
  // Throws std::runtime_error if it cannot be read.
  Lines perform(const std::string& command);

  // The pool as it is now; empty if none could be made.
  Lines pool() const;

 private:
  Lines createPool(Command& command);
  Lines advance(Duration duration);
  Event eventOf(Command& command) const;
  Lines handle(Event event);
  Lines afterStep(const Effects& effects, const std::string& prefix = "") const;

  std::optional<Pool> pool_;
  TimePoint now_{std::chrono::hours(1)};
};

}  // namespace owpool::scenario

#endif  // OWPOOL_TESTS_SCENARIO_SCENARIO_H_
