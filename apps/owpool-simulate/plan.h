// An episode before it runs, made from its seed: a pool's configuration, the
// actions that are asked for, and everything that will happen.
#ifndef OWPOOL_SIMULATE_PLAN_H_
#define OWPOOL_SIMULATE_PLAN_H_

#include <cstdint>
#include <string>
#include <vector>

#include "owpool-simulate/operations.h"
#include "owpool-simulate/random.h"
#include "owpool/pool_config.h"

namespace owpool::simulate {

// What surrounds the pool in an episode.
struct Setting {
  PoolConfig config;
  std::vector<ActionPtr> actions;
  // Containers come up at this many addresses, in turn: the fewer, the more often
  // one is taken over. 0: addresses are not known.
  std::uint64_t address_count = 0;
};

// Drawn from the episode's seed alone, so that a shortened list of operations
// finds the same surroundings.
Setting makeSetting(std::uint64_t episode_seed);

// For people: the configuration and the actions, a line each.
std::string textOf(const Setting& setting);

// 200 to 3000 operations. Their kinds are likely or not by weights drawn from
// "swarm_seed": some do not occur at all, others are most of what happens. (Groce
// et al., "Swarm Testing", 2012: what is left out lets the rest go further.)
Operations makeOperations(std::uint64_t episode_seed, std::uint64_t swarm_seed,
                          std::size_t action_count);

}  // namespace owpool::simulate

#endif  // OWPOOL_SIMULATE_PLAN_H_
