#ifndef OWPOOL_TESTS_SCENARIO_POOL_OPTIONS_H_
#define OWPOOL_TESTS_SCENARIO_POOL_OPTIONS_H_

#include "owpool/pool_config.h"
#include "tests/scenario/command.h"

namespace owpool::scenario {

// The configuration that the options of "pool …" describe, all of which are taken. What
// is not named has its default. Throws std::runtime_error.
PoolConfig takePoolConfig(Command& command);

}  // namespace owpool::scenario

#endif  // OWPOOL_TESTS_SCENARIO_POOL_OPTIONS_H_
