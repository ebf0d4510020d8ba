// The configuration read again while the daemon runs.
#ifndef OWPOOLD_CONFIG_RELOAD_H_
#define OWPOOLD_CONFIG_RELOAD_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "owpoold/config/configuration.h"

namespace owpool::daemon {

struct Reloaded {
  Options options;                         // The current ones, with what could be taken over.
  std::vector<std::string> changed;        // The names of what was, "log-level".
  std::vector<std::string> needs_restart;  // Changed as well, and left as they were.
};

// Arguments and surroundings are those that the daemon was started with. An error has
// all that is wrong, a line each, and means that everything stays as it is.
absl::StatusOr<Reloaded> reloadOptions(const Options& current,
                                       const std::vector<std::string>& arguments,
                                       const Surroundings& surroundings);

}  // namespace owpool::daemon

#endif  // OWPOOLD_CONFIG_RELOAD_H_
