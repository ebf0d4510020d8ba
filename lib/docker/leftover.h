#ifndef OWPOOL_LIB_DOCKER_LEFTOVER_H_
#define OWPOOL_LIB_DOCKER_LEFTOVER_H_

#include <string>

#include "absl/status/status.h"
#include "docker/engine.h"

namespace owpool::docker {

// Removes a container that nobody has in hand. An earlier run may have left it frozen,
// of which the engine knows nothing, and could not kill it then.
absl::Status removeLeftover(const Engine& engine, const std::string& id,
                            const Patience& patience = {});

}  // namespace owpool::docker

#endif  // OWPOOL_LIB_DOCKER_LEFTOVER_H_
