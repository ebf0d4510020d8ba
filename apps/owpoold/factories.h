// Which containers the pool is given: the only place that knows the factories by name.
#ifndef OWPOOLD_FACTORIES_H_
#define OWPOOLD_FACTORIES_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "owpool/container_factory.h"
#include "owpoold/config/manifest.h"
#include "owpoold/config/options.h"

namespace owpool::daemon {

// Of the state directory: where containers that are processes have theirs.
inline constexpr const char* kContainersDirectory = "/containers";

// The manifest of --runtimes, as it is for the containers of --factory. The error names
// the file and the rule that it breaks, not the option.
absl::StatusOr<Manifest> loadManifest(const Options& options);

struct MadeFactory {
  std::unique_ptr<ContainerFactory> factory;
  // Of a container engine only: where it is, as lib/http takes it, and the address by which
  // its containers reach this machine, if it says.
  std::string engine;
  std::string gateway;
};

// The error names the option that does not fit.
absl::StatusOr<MadeFactory> newContainerFactory(const Options& options, const Manifest& manifest,
                                                const std::string& state_dir);

}  // namespace owpool::daemon

#endif  // OWPOOLD_FACTORIES_H_
