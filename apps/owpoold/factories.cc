#include "owpoold/factories.h"

#include <utility>

#include "absl/status/status.h"
#include "fmt/format.h"
#include "owpool/process.h"

namespace owpool::daemon {

absl::StatusOr<std::unique_ptr<ContainerFactory>> newContainerFactory(
    const Options& options, const Manifest& manifest, const std::string& state_dir) {
  if (options.factory != "process") {
    return absl::InvalidArgumentError(
        fmt::format("--factory: this owpoold has no factory '{}'", options.factory));
  }
  for (const Kind& kind : manifest.kinds()) {
    if (kind.command.empty()) {
      return absl::InvalidArgumentError(
          fmt::format("{}: kind {} has no process.command, which --factory process needs",
                      options.runtimes_file, kind.name));
    }
  }
  ProcessFactoryConfig config;
  config.commands = manifest.commands();
  config.directory = state_dir + "/containers";
  auto factory = newProcessContainerFactory(std::move(config));
  if (!factory.ok()) {
    return absl::Status(factory.status().code(),
                        "--state-dir: " + std::string(factory.status().message()));
  }
  return factory;
}

}  // namespace owpool::daemon
