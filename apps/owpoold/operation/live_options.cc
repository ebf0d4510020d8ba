#include "owpoold/operation/live_options.h"

#include <string>

#include "absl/strings/str_join.h"
#include "owpoold/operation/log.h"

namespace owpool::daemon {

std::optional<Options> LiveOptions::reload(const ReadAgain& read_again) {
  const auto reloaded = read_again(get());
  if (!reloaded.ok()) {
    log(LogLevel::Error, "the configuration is invalid: all stays as it is",
        {{"error", std::string(reloaded.status().message())}});
    return std::nullopt;
  }
  {
    const std::lock_guard lock(mutex_);
    options_ = reloaded->options;
  }
  if (reloaded->changed.empty() && reloaded->needs_restart.empty()) {
    log(LogLevel::Info, "reloaded: nothing has changed");
    return reloaded->options;
  }
  log(LogLevel::Info, "reloaded", {{"changed", absl::StrJoin(reloaded->changed, ", ")}});
  if (!reloaded->needs_restart.empty()) {
    log(LogLevel::Warning, "some of what changed needs a restart",
        {{"options", absl::StrJoin(reloaded->needs_restart, ", ")}});
  }
  return reloaded->options;
}

}  // namespace owpool::daemon
