#include "owpoold/config/reload.h"

#include "absl/status/status.h"

namespace owpool::daemon {

absl::StatusOr<Reloaded> reloadOptions(const Options& current,
                                       const std::vector<std::string>& arguments,
                                       const Surroundings& surroundings) {
  const Configuration wanted = readConfiguration(arguments, surroundings);
  if (!wanted.problems.empty()) {
    std::string all;
    for (const Problem& problem : wanted.problems) all += (all.empty() ? "" : "\n") + problem.text;
    return absl::InvalidArgumentError(all);
  }
  Reloaded reloaded{current, {}, {}};
  for (const Option& option : optionTable()) {
    const std::string value = option.get(wanted.options);
    if (value == option.get(current)) continue;
    if (!option.reloadable) {
      reloaded.needs_restart.push_back(option.name);
      continue;
    }
    if (const auto status = option.set(reloaded.options, value); !status.ok()) return status;
    reloaded.changed.push_back(option.name);
  }
  return reloaded;
}

}  // namespace owpool::daemon
