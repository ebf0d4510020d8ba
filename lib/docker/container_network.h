// The network of a factory's containers.
#ifndef OWPOOL_LIB_DOCKER_CONTAINER_NETWORK_H_
#define OWPOOL_LIB_DOCKER_CONTAINER_NETWORK_H_

#include <atomic>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "docker/engine.h"

namespace owpool::docker {

// Of the network that a factory makes for itself.
std::string ownNetworkName(const std::string& instance);

class ContainerNetwork {
 public:
  // With "given" empty it is one of our own, named and labelled after "instance".
  ContainerNetwork(const Engine& engine, const std::string& given, const std::string& instance);

  const std::string& name() const { return name_; }

  // OK: it is there now. Another's of the same name is FAILED_PRECONDITION, as is one that
  // was given and is not there.
  absl::Status ensure();

  // If it is our own and was there once. REQUIRES: nothing is in it.
  absl::Status remove() const;

 private:
  absl::Status checkOurs(const NetworkInfo& info) const;

  const Engine& engine_;
  const bool own_;
  std::atomic<bool> ensured_{false};
  const std::string name_;
  const std::string instance_;
};

}  // namespace owpool::docker

#endif  // OWPOOL_LIB_DOCKER_CONTAINER_NETWORK_H_
