#ifndef OWPOOLD_OPERATION_LIVE_OPTIONS_H_
#define OWPOOLD_OPERATION_LIVE_OPTIONS_H_

#include <functional>
#include <mutex>
#include <optional>
#include <utility>

#include "absl/status/statusor.h"
#include "owpoold/config/options.h"
#include "owpoold/config/reload.h"

namespace owpool::daemon {

// Reads the configuration again, to be compared with the current one.
using ReadAgain = std::function<absl::StatusOr<Reloaded>(const Options& current)>;

// The options as they are by now. Thread-safe.
class LiveOptions {
 public:
  explicit LiveOptions(Options options) : options_(std::move(options)) {}

  Options get() const {
    const std::lock_guard lock(mutex_);
    return options_;
  }

  // Takes over what can be taken over of the configuration as it is by now, and says in the
  // log what changed and what would need a restart. An invalid one changes nothing, which
  // is said too; then the result is nullopt, else the new options.
  std::optional<Options> reload(const ReadAgain& read_again);

 private:
  mutable std::mutex mutex_;
  Options options_;
};

}  // namespace owpool::daemon

#endif  // OWPOOLD_OPERATION_LIVE_OPTIONS_H_
