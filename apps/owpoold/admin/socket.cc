#include "owpoold/admin/socket.h"

#include <sys/stat.h>
#include <unistd.h>

#include "fmt/format.h"

namespace owpool::daemon {

std::string adminSocketPath(const std::string& state_dir) { return state_dir + "/admin.sock"; }

absl::Status startAdminServer(http::Server& server, const std::string& state_dir) {
  const std::string path = adminSocketPath(state_dir);
  struct stat found {};
  if (::lstat(path.c_str(), &found) == 0) {
    if (!S_ISSOCK(found.st_mode)) {
      return absl::FailedPreconditionError(
          fmt::format("{}: is in the way of the admin socket: remove it", path));
    }
    ::unlink(path.c_str());
  }
  const auto status = server.startUnix(path);
  if (status.ok()) return status;
  return absl::Status(status.code(), "--state-dir: " + std::string(status.message()));
}

}  // namespace owpool::daemon
