// Finds a short list of operations that still fails.
#ifndef OWPOOL_SIMULATE_SHRINK_H_
#define OWPOOL_SIMULATE_SHRINK_H_

#include <functional>

#include "owpool-simulate/operations.h"

namespace owpool::simulate {

// A part of "operations", in their order, for which "fails" is true and from which
// none can be left out; with arguments as simple as can be. REQUIRES:
// fails(operations). Gives up and returns the best so far after 3000 trials, so
// that its result does not depend on the machine. (ddmin: Zeller and Hildebrandt,
// "Simplifying and Isolating Failure-Inducing Input", 2002.)
Operations shrink(Operations operations, const std::function<bool(const Operations&)>& fails);

}  // namespace owpool::simulate

#endif  // OWPOOL_SIMULATE_SHRINK_H_
