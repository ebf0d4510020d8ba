#include "owpoold/support/files.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include "fmt/format.h"

namespace owpool::daemon {
namespace {

absl::Status systemError(const std::string& path, std::string_view what, int error) {
  return absl::FailedPreconditionError(
      fmt::format("{}: {}: {}", path, what, std::generic_category().message(error)));
}

}  // namespace

absl::StatusOr<std::string> readFile(const std::string& path, ByteSize max) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return systemError(path, "cannot open", errno);
  std::string content;
  std::array<char, 65536> buffer;
  absl::Status status;
  for (;;) {
    const ssize_t n = ::read(fd, buffer.data(), buffer.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) status = systemError(path, "cannot read", errno);
    if (n <= 0) break;
    content.append(buffer.data(), static_cast<std::size_t>(n));
    if (static_cast<std::int64_t>(content.size()) > max.count()) {
      status = absl::InvalidArgumentError(
          fmt::format("{}: larger than the {} bytes allowed", path, max.count()));
      break;
    }
  }
  ::close(fd);
  if (!status.ok()) return status;
  return content;
}

absl::StatusOr<StateDir> StateDir::open(const std::string& path) {
  std::error_code error;
  const bool made = std::filesystem::create_directories(path, error);
  if (error) return systemError(path, "cannot create the state directory", error.value());
  const std::string real = std::filesystem::canonical(path, error).string();
  if (error) return systemError(path, "cannot open the state directory", error.value());
  if (made && ::chmod(real.c_str(), 0700) != 0) {
    return systemError(real, "cannot protect the state directory", errno);
  }

  const std::string lock = real + "/lock";
  const int fd = ::open(lock.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) return systemError(lock, "cannot open", errno);
  if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    const int reason = errno;
    ::close(fd);
    if (reason != EWOULDBLOCK) return systemError(lock, "cannot lock", reason);
    return absl::FailedPreconditionError(
        fmt::format("{}: another owpoold uses this state directory", real));
  }
  return StateDir(real, fd);
}

StateDir::StateDir(StateDir&& other) noexcept
    : path_(std::move(other.path_)), lock_fd_(std::exchange(other.lock_fd_, -1)) {}

StateDir::~StateDir() {
  if (lock_fd_ >= 0) ::close(lock_fd_);
}

}  // namespace owpool::daemon
