// The rules by which an activation that arrives gets a container, once more, in the
// slowest obvious way: docs/design.md, "How an activation gets a container", and the
// comments of pool_config.h, over plain vectors. Never linked into a product.
#ifndef OWPOOL_TESTS_ORACLE_SLOW_PLACEMENT_H_
#define OWPOOL_TESTS_ORACLE_SLOW_PLACEMENT_H_

#include <string>
#include <vector>

#include "owpool/activation.h"
#include "owpool/pool_config.h"
#include "tests/oracle/slow_twin.h"

namespace owpool::slow_twin {

// What the rules look at.
struct Situation {
  PoolConfig config;
  Containers containers;            // By id.
  std::vector<Activation> waiting;  // In the buffer, in whatever order; none has aged.
};

// What becomes of "arrived": "refuse REASON", "KIND #3" if it is placed, or "wait REASON",
// after "evict #1 #2, " if containers are evicted for it. A container that is started for
// it has no number yet: "cold #?".
std::string place(const Situation& situation, const Activation& arrived);

}  // namespace owpool::slow_twin

#endif  // OWPOOL_TESTS_ORACLE_SLOW_PLACEMENT_H_
