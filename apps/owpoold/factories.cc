#include "owpoold/factories.h"

#include <utility>

#include "absl/status/status.h"
#include "fmt/format.h"
#include "owpool/process.h"

namespace owpool::daemon {

absl::StatusOr<Manifest> loadManifest(const Options& options) {
  auto manifest = Manifest::load(options.runtimes_file);
  if (!manifest.ok()) return manifest;
  manifest->runAsProcesses(Manifest());
  if (manifest->otherKindNames().empty()) return manifest;
  const auto own = Manifest::load(options.own_runtimes_file);
  if (!own.ok()) return own.status();
  manifest->runAsProcesses(*own);
  if (manifest->runnableKindNames().empty()) {
    return absl::InvalidArgumentError(fmt::format(
        "{}: no kind has a process.command, or is of a family that owpoold has a "
        "runtime for, as {} are", options.runtimes_file, own->kindNames()));
  }
  return manifest;
}

absl::StatusOr<std::unique_ptr<ContainerFactory>> newContainerFactory(
    const Options& options, const Manifest& manifest, const std::string& state_dir) {
  if (options.factory != "process") {
    return absl::InvalidArgumentError(
        fmt::format("--factory: this owpoold has no factory '{}'", options.factory));
  }
  ProcessFactoryConfig config;
  config.commands = manifest.commands();
  config.directory = state_dir + kContainersDirectory;
  // As OpenWhisk's operators do: for all containers or for none, since a stem cell does
  // not know yet whose it will be. The pool keeps to each action's own limit.
  config.environment["__OW_ALLOW_CONCURRENT"] =
      options.action_concurrency_max > 1 ? "true" : "false";
  auto factory = newProcessContainerFactory(std::move(config));
  if (!factory.ok()) {
    return absl::Status(factory.status().code(),
                        "--state-dir: " + std::string(factory.status().message()));
  }
  return factory;
}

}  // namespace owpool::daemon
