// Episode after episode until the steps are done, or until one fails.
#ifndef OWPOOL_SIMULATE_RUNNER_H_
#define OWPOOL_SIMULATE_RUNNER_H_

#include <cstdint>
#include <string>

#include "owpool-simulate/counts.h"
#include "owpool-simulate/options.h"

namespace owpool::simulate {

// Of the first episode that failed.
struct Failure {
  std::string what;  // "": none failed.
  std::uint64_t episode_seed = 0;
  std::uint64_t first_length = 0;  // Operations until it failed.
  Operations operations;           // The shortest list found that fails.
};

Failure runEpisodes(const Options& options, Counts& counts);

// One episode, with a trace on standard output. Returns what is wrong, or "".
std::string replay(const Options& options);

// The arguments that repeat it.
std::string replayCommand(const Failure& failure, const Options& options);

}  // namespace owpool::simulate

#endif  // OWPOOL_SIMULATE_RUNNER_H_
