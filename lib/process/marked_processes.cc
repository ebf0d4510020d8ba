#include "process/marked_processes.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "os/unique_fd.h"
#include "process/raw_directory.h"

namespace owpool::process {
namespace {

// The number that "text" begins with, or -1 if it does not begin with one. Stops at "end".
long numberAt(const char* text, const char* end) {
  if (text == end || *text < '0' || *text > '9') return -1;
  long value = 0;
  for (; text != end && *text >= '0' && *text <= '9'; ++text) value = value * 10 + (*text - '0');
  return value;
}

pid_t pidOf(const char* name) {
  const char* end = name;
  while (*end != 0) ++end;
  return static_cast<pid_t>(numberAt(name, end));
}

// Reads "fd" to its end; true iff a zero-terminated entry in it begins with "mark".
bool hasEntry(int fd, const char* mark, std::size_t mark_size) {
  char bytes[4096];
  std::size_t matched = 0;
  bool comparing = true;
  for (;;) {
    const ssize_t count = ::read(fd, bytes, sizeof bytes);
    if (count <= 0) return false;
    for (ssize_t i = 0; i < count; ++i) {
      if (comparing && bytes[i] == mark[matched]) {
        if (++matched == mark_size) return true;
      } else {
        comparing = false;
      }
      if (bytes[i] == 0) {
        comparing = true;
        matched = 0;
      }
    }
  }
}

// /proc/<pid>/stat is "pid (name) state ppid pgrp session …", and the name may contain
// anything, so it is read from its last parenthesis on.
bool isLiveInSession(int proc_fd, pid_t session) {
  const os::UniqueFd stat(::openat(proc_fd, "stat", O_RDONLY | O_CLOEXEC));
  if (!stat.valid()) return false;
  char text[1024];
  const ssize_t count = ::read(stat.get(), text, sizeof text);
  if (count <= 0) return false;
  const char* end = text + count;
  const char* at = end;
  while (at != text && at[-1] != ')') --at;
  if (end - at < 3 || at[1] == 'Z' || at[1] == 'X') return false;
  int spaces = 0;
  for (; at != end && spaces < 4; ++at) spaces += *at == ' ' ? 1 : 0;
  return numberAt(at, end) == session;
}

bool isMarked(int proc_fd, const char* mark, std::size_t mark_size) {
  const os::UniqueFd environment(::openat(proc_fd, "environ", O_RDONLY | O_CLOEXEC));
  return environment.valid() && hasEntry(environment.get(), mark, mark_size);
}

}  // namespace

int killMarkedProcesses(const char* mark, std::size_t mark_size, pid_t session) {
  const os::UniqueFd proc(::open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!proc.valid()) return 0;
  const pid_t self = ::getpid();
  int found = 0;
  RawDirectory entries(proc.get());
  while (const char* name = entries.next()) {
    const pid_t pid = pidOf(name);
    if (pid <= 1 || pid == self) continue;
    // Opened first: what is read afterwards is of this process or of none, and so
    // is what the signal is sent to.
    const os::UniqueFd process(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    if (!process.valid()) continue;
    const os::UniqueFd proc_pid(::openat(proc.get(), name, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!proc_pid.valid()) continue;
    if ((session > 0 && isLiveInSession(proc_pid.get(), session)) ||
        isMarked(proc_pid.get(), mark, mark_size)) {
      if (::syscall(SYS_pidfd_send_signal, process.get(), SIGKILL, nullptr, 0) == 0) ++found;
    }
  }
  return found;
}

}  // namespace owpool::process
