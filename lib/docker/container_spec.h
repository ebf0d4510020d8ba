// What a container is made from: the body of the engine's call. Pure.
#ifndef OWPOOL_LIB_DOCKER_CONTAINER_SPEC_H_
#define OWPOOL_LIB_DOCKER_CONTAINER_SPEC_H_

#include <cstdint>
#include <map>
#include <string>

#include "docker/engine_answers.h"
#include "owpool/docker.h"

namespace owpool::docker {

// OpenWhisk's rule: of 1024 shares the part that "memory" is of "user_memory", at least 2;
// and at most all of them.
std::int64_t cpuShares(ByteSize memory, ByteSize user_memory);

struct ContainerSpec {
  std::string image;
  std::map<std::string, std::string> environment;
  Labels labels;
  ByteSize memory;
  std::int64_t cpu_shares = 2;
  std::string network;
  DockerLimits limits;
};

// Swap is part of "memory", so there is none. It is never started again by the engine: it
// would come up without its code, at the same address.
std::string createBody(const ContainerSpec& spec);

// Of a network whose containers cannot reach each other.
std::string createNetworkBody(const std::string& name, const Labels& labels);

}  // namespace owpool::docker

#endif  // OWPOOL_LIB_DOCKER_CONTAINER_SPEC_H_
