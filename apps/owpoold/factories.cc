#include "owpoold/factories.h"

#include <map>
#include <utility>

#include "absl/status/status.h"
#include "docker/container_network.h"
#include "fmt/format.h"
#include "owpool/docker.h"
#include "owpool/process.h"
#include "owpoold/operation/engine_facts.h"
#include "owpoold/support/instance_id.h"

namespace owpool::daemon {
namespace {

// As OpenWhisk's operators do: for all containers or for none, since a stem cell does
// not know yet whose it will be. The pool keeps to each action's own limit.
void allowConcurrency(const Options& options, std::map<std::string, std::string>& environment) {
  environment["__OW_ALLOW_CONCURRENT"] = options.action_concurrency_max > 1 ? "true" : "false";
}

absl::StatusOr<MadeFactory> newProcesses(const Options& options, const Manifest& manifest,
                                         const std::string& state_dir) {
  ProcessFactoryConfig config;
  config.commands = manifest.commands();
  config.directory = state_dir + kContainersDirectory;
  allowConcurrency(options, config.environment);
  auto factory = newProcessContainerFactory(std::move(config));
  if (!factory.ok()) {
    return absl::Status(factory.status().code(),
                        "--state-dir: " + std::string(factory.status().message()));
  }
  return MadeFactory{*std::move(factory), "", ""};
}

absl::StatusOr<MadeFactory> newDocker(const Options& options, const std::string& state_dir) {
  const auto address = engineAddressOf(options);
  if (!address.ok()) return address.status();
  const auto instance = instanceId(state_dir);
  if (!instance.ok()) return instance.status();
  DockerFactoryConfig config;
  config.engine = options.docker_host;
  config.allow_tcp = !options.docker_host.empty();
  config.instance = *instance;
  config.network = options.docker_network;
  config.user_memory = options.user_memory;
  config.creates_in_flight_max = options.docker_parallel_creates;
  config.pause = options.docker_pause;
  config.pull = options.docker_pull;
  allowConcurrency(options, config.environment);
  auto factory = newDockerContainerFactory(std::move(config));
  if (!factory.ok()) {
    return absl::Status(factory.status().code(),
                        "--factory docker: " + std::string(factory.status().message()));
  }
  const std::string network = options.docker_network.empty()
                                  ? docker::ownNetworkName(*instance)
                                  : options.docker_network;
  return MadeFactory{*std::move(factory), *address, gatewayOf(*address, network)};
}

absl::StatusOr<Manifest> loadForProcesses(const Options& options, Manifest manifest) {
  manifest.runAsProcesses(Manifest());
  if (manifest.otherKindNames().empty()) return manifest;
  const auto own = Manifest::load(options.own_runtimes_file);
  if (!own.ok()) return own.status();
  manifest.runAsProcesses(*own);
  if (!manifest.runnableKindNames().empty()) return manifest;
  return absl::InvalidArgumentError(fmt::format(
      "{}: no kind has a process.command, or is of a family that owpoold has a "
      "runtime for, as {} are", options.runtimes_file, own->kindNames()));
}

}  // namespace

absl::StatusOr<Manifest> loadManifest(const Options& options) {
  auto manifest = Manifest::load(options.runtimes_file);
  if (!manifest.ok()) return manifest;
  if (options.factory == Factory::Process) {
    return loadForProcesses(options, *std::move(manifest));
  }
  manifest->runAsImages(options.blackbox_images);
  if (!manifest->runnableKindNames().empty()) return manifest;
  return absl::InvalidArgumentError(
      fmt::format("{}: no kind has an image", options.runtimes_file));
}

absl::StatusOr<MadeFactory> newContainerFactory(const Options& options, const Manifest& manifest,
                                                const std::string& state_dir) {
  return options.factory == Factory::Docker ? newDocker(options, state_dir)
                                            : newProcesses(options, manifest, state_dir);
}

}  // namespace owpool::daemon
