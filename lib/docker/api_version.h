// Which version of its API to speak with an engine. Pure.
#ifndef OWPOOL_LIB_DOCKER_API_VERSION_H_
#define OWPOOL_LIB_DOCKER_API_VERSION_H_

#include <string>

#include "absl/status/statusor.h"

namespace owpool::docker {

// "newest" and "oldest" are what the engine speaks, e.g. "1.41" and "1.12". What we use is
// the same in 1.41 and 1.44: the former is spoken by all engines from 2020 on, but for
// those that begin with the latter. An error says why there is none that fits.
absl::StatusOr<std::string> chooseApiVersion(const std::string& newest,
                                             const std::string& oldest);

}  // namespace owpool::docker

#endif  // OWPOOL_LIB_DOCKER_API_VERSION_H_
