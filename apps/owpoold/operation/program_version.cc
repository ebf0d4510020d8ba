#include "owpoold/operation/program_version.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <system_error>

#include "absl/status/status.h"
#include "fmt/format.h"

namespace owpool::daemon {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kOutputMax = 4096;

// What it prints until it closes its output; "" after the deadline.
std::string readUntil(int fd, Clock::time_point deadline) {
  std::string text;
  std::array<char, 512> buffer;
  while (text.size() < kOutputMax) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
    pollfd readable{fd, POLLIN, 0};
    const int ready = ::poll(&readable, 1, static_cast<int>(std::max<std::int64_t>(left, 0)));
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) return "";
    const ssize_t n = ::read(fd, buffer.data(), buffer.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    text.append(buffer.data(), static_cast<std::size_t>(n));
  }
  return text;
}

// A process of its own group, with both outputs in "fd". Negative: an errno.
pid_t start(const std::string& path, int fd) {
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&actions, fd, STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, fd, STDERR_FILENO);
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  std::string program = path;
  std::string option = "--version";
  std::array<char*, 3> arguments{program.data(), option.data(), nullptr};
  pid_t pid = -1;
  const int error = ::posix_spawn(&pid, path.c_str(), &actions, &attributes, arguments.data(),
                                  environ);
  ::posix_spawnattr_destroy(&attributes);
  ::posix_spawn_file_actions_destroy(&actions);
  return error == 0 ? pid : -error;
}

}  // namespace

absl::StatusOr<std::string> programVersion(const std::string& path, Duration timeout) {
  const auto deadline = Clock::now() + timeout;
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return absl::InternalError("cannot make a pipe");
  const pid_t pid = start(path, ends[1]);
  ::close(ends[1]);
  if (pid < 0) {
    ::close(ends[0]);
    return absl::FailedPreconditionError(
        fmt::format("{} does not start: {}", path, std::generic_category().message(-pid)));
  }
  std::string text = readUntil(ends[0], deadline);
  ::close(ends[0]);
  if (text.empty()) ::kill(-pid, SIGKILL);
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (text.empty()) {
    return absl::FailedPreconditionError(fmt::format("{} --version prints nothing", path));
  }
  const std::string line = text.substr(0, text.find('\n'));
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return line;
  return absl::FailedPreconditionError(fmt::format("{} --version fails: {}", path, line));
}

}  // namespace owpool::daemon
