#include "process/cgroup_kill.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/types.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>

#include "os/unique_fd.h"
#include "process/raw_directory.h"

namespace owpool::process {
namespace {

template <std::size_t Size>
bool writeFile(int directory_fd, const char* name, const char (&text)[Size]) {
  const os::UniqueFd file(::openat(directory_fd, name, O_WRONLY | O_CLOEXEC));
  return file.valid() &&
         ::write(file.get(), text, Size - 1) == static_cast<ssize_t>(Size - 1);
}

// Each process of cgroup.procs is counted, and killed if "kill".
int forEachProcess(int directory_fd, bool kill) {
  const os::UniqueFd procs(::openat(directory_fd, "cgroup.procs", O_RDONLY | O_CLOEXEC));
  if (!procs.valid()) return 0;
  int count = 0;
  char bytes[4096];
  pid_t pid = 0;
  for (;;) {
    const ssize_t size = ::read(procs.get(), bytes, sizeof bytes);
    if (size <= 0) return count;
    for (ssize_t i = 0; i < size; ++i) {
      if (bytes[i] >= '0' && bytes[i] <= '9') {
        pid = pid * 10 + (bytes[i] - '0');
        continue;
      }
      // 0: a process that this PID namespace does not know.
      if (pid > 1 && kill) ::kill(pid, SIGKILL);
      ++count;
      pid = 0;
    }
  }
}

}  // namespace

int killCgroup(int directory_fd) {
  // Counted before: who is dead already, though not waited for, is not listed.
  const int count = forEachProcess(directory_fd, /*kill=*/false);
  if (writeFile(directory_fd, "cgroup.kill", "1")) return count;
  const int killed_count = forEachProcess(directory_fd, /*kill=*/true);
  writeFile(directory_fd, "freezer.state", "THAWED");
  return killed_count;
}

bool killAndRemoveCgroups(const char* directory) {
  const os::UniqueFd top(::open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!top.valid()) return errno == ENOENT;
  RawDirectory entries(top.get());
  while (const char* name = entries.next()) {
    // The control files are no directories, so they are passed over here.
    const os::UniqueFd group(::openat(top.get(), name, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!group.valid()) continue;
    killCgroup(group.get());
    ::unlinkat(top.get(), name, AT_REMOVEDIR);
  }
  return ::rmdir(directory) == 0 || errno == ENOENT;
}

}  // namespace owpool::process
