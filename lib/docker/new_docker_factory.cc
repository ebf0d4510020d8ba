// Checks what the factory's configuration promises.
#include <cstdlib>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "docker/docker_factory.h"
#include "docker/engine_address.h"
#include "owpool/docker.h"

namespace owpool {
namespace {

bool isName(std::string_view text, std::size_t size_max) {
  constexpr std::string_view kAlphanumeric =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  return !text.empty() && text.size() <= size_max &&
         kAlphanumeric.find(text.front()) != std::string_view::npos &&
         text.find_first_not_of(std::string(kAlphanumeric) + "_.-") == std::string_view::npos;
}

absl::Status broken(std::string_view field, std::string_view rule) {
  return absl::InvalidArgumentError(fmt::format("{}: {}", field, rule));
}

absl::Status checkLimits(const DockerLimits& limits) {
  constexpr std::string_view kPositive = "has to be greater than 0";
  if (limits.pids_max <= 0) return broken("limits.pids_max", kPositive);
  if (limits.open_files_max <= 0) return broken("limits.open_files_max", kPositive);
  if (limits.log_file_max < ByteSize::bytes(65536)) {
    return broken("limits.log_file_max", "has to be at least 65536 bytes");
  }
  for (const std::string& capability : limits.dropped_capabilities) {
    if (!isName(capability, 64)) {
      return broken("limits.dropped_capabilities",
                    fmt::format("\"{}\" is no name of a capability", capability));
    }
  }
  return absl::OkStatus();
}

absl::Status checkConfig(const DockerFactoryConfig& config) {
  constexpr std::string_view kNameRule =
      "has to be of letters, digits, \"_\", \".\" and \"-\", begin with a letter or digit, and "
      "have at most 63 characters";
  if (!isName(config.instance, 63)) return broken("instance", kNameRule);
  if (!isName(config.name_prefix, 63)) return broken("name_prefix", kNameRule);
  if (!config.network.empty() && !isName(config.network, 128)) {
    return broken("network", "is no name of a network");
  }
  if (config.user_memory <= ByteSize()) return broken("user_memory", "has to be greater than 0");
  if (config.creates_in_flight_max < 0) {
    return broken("creates_in_flight_max", "has to be 0 or greater");
  }
  if (config.port < 1 || config.port > 65535) return broken("port", "has to be 1 to 65535");
  for (const auto& [name, value] : config.environment) {
    if (name.empty() || (name + value).find('\0') != std::string::npos ||
        name.find('=') != std::string::npos) {
      return broken("environment", fmt::format("\"{}\" cannot be a variable", name));
    }
  }
  return checkLimits(config.limits);
}

}  // namespace

absl::StatusOr<std::unique_ptr<ContainerFactory>> newDockerContainerFactory(
    DockerFactoryConfig config) {
  if (auto status = checkConfig(config); !status.ok()) return status;
  if (config.engine.empty()) {
    // Read before there are threads of ours, as the environment has to be.
    if (const char* host = std::getenv("DOCKER_HOST"); host != nullptr) config.engine = host;
  }
  auto address = docker::engineAddress(config.engine, config.allow_tcp);
  if (!address.ok()) return address.status();
  auto factory = std::make_unique<docker::DockerContainerFactory>(std::move(config), *address);
  if (auto status = factory->start(); !status.ok()) return status;
  return factory;
}

}  // namespace owpool
