// Where the engine listens. Pure.
#ifndef OWPOOL_LIB_DOCKER_ENGINE_ADDRESS_H_
#define OWPOOL_LIB_DOCKER_ENGINE_ADDRESS_H_

#include <string>

#include "absl/status/statusor.h"

namespace owpool::docker {

// "text" is what DOCKER_HOST may say: "unix:///path", "tcp://host:port" if "allow_tcp", or
// "" for Docker's usual socket. The result is as lib/http takes it.
absl::StatusOr<std::string> engineAddress(const std::string& text, bool allow_tcp);

}  // namespace owpool::docker

#endif  // OWPOOL_LIB_DOCKER_ENGINE_ADDRESS_H_
