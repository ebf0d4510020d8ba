// Files of the state directory and of the configuration, with errors that say the path.
#ifndef OWPOOLD_SUPPORT_FILES_H_
#define OWPOOLD_SUPPORT_FILES_H_

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "owpool/units.h"

namespace owpool::daemon {

// The whole file, if it is not larger than "max".
absl::StatusOr<std::string> readFile(const std::string& path, ByteSize max);

// The state directory of one daemon: made if missing (mode 0700), and locked
// against a second daemon for as long as this lives.
class StateDir {
 public:
  static absl::StatusOr<StateDir> open(const std::string& path);
  StateDir(StateDir&& other) noexcept;
  StateDir& operator=(StateDir&&) = delete;
  ~StateDir();

  // Absolute, without symbolic links.
  const std::string& path() const { return path_; }

 private:
  StateDir(std::string path, int lock_fd) : path_(std::move(path)), lock_fd_(lock_fd) {}
  std::string path_;
  int lock_fd_;
};

}  // namespace owpool::daemon

#endif  // OWPOOLD_SUPPORT_FILES_H_
