#include "process/close_on_exec.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace owpool::process {
namespace {

constexpr unsigned kCloseRangeCloexec = 1U << 2;

int descriptorEnd() {
  rlimit limit{};
  constexpr int kMax = 1 << 20;
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur > kMax) return kMax;
  return static_cast<int>(limit.rlim_cur);
}

}  // namespace

void closeFrom(int first) {
  if (::syscall(SYS_close_range, first, ~0U, 0) == 0) return;
  for (int fd = first, end = descriptorEnd(); fd < end; ++fd) ::close(fd);
}

void closeOnExecFrom(int first) {
  if (::syscall(SYS_close_range, first, ~0U, kCloseRangeCloexec) == 0) return;
  for (int fd = first, end = descriptorEnd(); fd < end; ++fd) ::fcntl(fd, F_SETFD, FD_CLOEXEC);
}

}  // namespace owpool::process
