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

// The error names the directory that does not fit.
absl::StatusOr<std::unique_ptr<ContainerFactory>> newContainerFactory(const Options& options,
                                                                      const Manifest& manifest,
                                                                      const std::string& state_dir);

}  // namespace owpool::daemon

#endif  // OWPOOLD_FACTORIES_H_
