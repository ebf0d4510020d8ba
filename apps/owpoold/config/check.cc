#include "owpoold/config/check.h"

#include "fmt/format.h"
#include "owpoold/config/pool_options.h"
#include "owpoold/factories.h"

namespace owpool::daemon {

Checked checkConfiguration(const Configuration& configuration) {
  Checked checked{"", configuration.problems};
  const Options& options = configuration.options;
  const Origin& origin = configuration.origins.at("runtimes");
  const bool is_usage = origin.source == Origin::Source::CommandLine;
  const auto manifest = loadManifest(options);
  if (!manifest.ok()) {
    checked.problems.push_back(
        {fmt::format("{}: {}", origin.place, std::string(manifest.status().message())),
         is_usage});
    return checked;
  }
  if (const auto status = poolConfig(options, *manifest).validate(); !status.ok()) {
    checked.problems.push_back(
        {fmt::format("{}: {}: {}", origin.place, options.runtimes_file,
                     std::string(status.message())),
         is_usage});
  }
  checked.summary =
      fmt::format("configuration of {}, runtimes of {} ({})",
                  configuration.file.empty() ? "no file" : configuration.file,
                  options.runtimes_file, manifest->runnableKindNames());
  return checked;
}

}  // namespace owpool::daemon
