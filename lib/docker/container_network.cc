#include "docker/container_network.h"

#include <fmt/format.h>

#include "docker/container_spec.h"
#include "docker/labels.h"

namespace owpool::docker {

std::string ownNetworkName(const std::string& instance) { return "owpool-" + instance; }

ContainerNetwork::ContainerNetwork(const Engine& engine, const std::string& given,
                                   const std::string& instance)
    : engine_(engine),
      own_(given.empty()),
      name_(own_ ? ownNetworkName(instance) : given),
      instance_(instance) {}

absl::Status ContainerNetwork::checkOurs(const NetworkInfo& info) const {
  const auto label = info.labels.find(kInstanceLabel);
  if (!own_ || (label != info.labels.end() && label->second == instance_)) {
    return absl::OkStatus();
  }
  return absl::FailedPreconditionError(
      fmt::format("the network \"{}\" is there already, and is not ours (it has no label {}={}): "
                  "remove it, or name it as the one to use",
                  name_, kInstanceLabel, instance_));
}

absl::Status ContainerNetwork::ensure() {
  auto found = engine_.inspectNetwork(name_);
  if (found.status().code() == absl::StatusCode::kNotFound) {
    if (!own_) {
      return absl::FailedPreconditionError(
          fmt::format("there is no network \"{}\" for the containers", name_));
    }
    const auto made =
        engine_.createNetwork(createNetworkBody(name_, {{kInstanceLabel, instance_}}));
    if (!made.ok() && made.code() != absl::StatusCode::kAlreadyExists) return made;
    found = engine_.inspectNetwork(name_);
  }
  absl::Status status = found.ok() ? checkOurs(*found) : found.status();
  if (status.ok()) ensured_ = true;
  return status;
}

absl::Status ContainerNetwork::remove() const {
  return own_ && ensured_ ? engine_.removeNetwork(name_) : absl::OkStatus();
}

}  // namespace owpool::docker
