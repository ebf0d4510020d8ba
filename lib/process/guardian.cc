#include "process/guardian.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <utility>

#include "os/system_error.h"
#include "process/cgroup_kill.h"
#include "process/close_on_exec.h"
#include "process/marked_processes.h"
#include "process/raw_directory.h"
#include "process/remove_tree.h"

namespace owpool::process {
namespace {

// What the guardian keeps open, by these numbers.
enum Kept { kLifeLine = 3, kHost, kDirectory, kLock, kKeptEnd };

struct Plan {
  const char* mark;
  std::size_t mark_size;
  const char* const* cgroups;
  std::size_t cgroup_count;
  std::array<int, 4> descriptors;  // To become kLifeLine and the following.
};

// The code from here to becomeGuardian() runs in the child of a fork() that no exec()
// follows: in a program with threads it may use system calls and nothing else.

void rest(long milliseconds) {
  const timespec time{milliseconds / 1000, milliseconds % 1000 * 1000000};
  ::nanosleep(&time, nullptr);
}

void waitUntilAlone() {
  // The host's end is seen even where a copy of the life line's other end lives on in
  // a process that the host forked.
  std::array<pollfd, 2> ends{pollfd{kLifeLine, POLLIN, 0}, pollfd{kHost, POLLIN, 0}};
  while (::poll(ends.data(), ends.size(), -1) <= 0) {
  }
}

void endAll(const Plan& plan) {
  constexpr int kPassesMax = 2000;
  // A process may fork while we look, and has no environment for a moment while it
  // executes a program, so the last two passes are such that find nothing.
  for (int pass = 0, empty_passes = 0; pass < kPassesMax; ++pass) {
    bool done = true;
    for (std::size_t i = 0; i < plan.cgroup_count; ++i) {
      if (!killAndRemoveCgroups(plan.cgroups[i])) done = false;
    }
    if (killMarkedProcesses(plan.mark, plan.mark_size, 0) > 0) done = false;
    empty_passes = done ? empty_passes + 1 : 0;
    if (empty_passes >= 2) return;
    rest(pass < 100 ? 2 : 20);
  }
}

void removeDirectories() {
  ::lseek(kDirectory, 0, SEEK_SET);
  RawDirectory entries(kDirectory);
  while (const char* name = entries.next()) removeTree(kDirectory, name);
}

[[noreturn]] void becomeGuardian(const Plan& plan) {
  ::setsid();
  for (std::size_t i = 0; i < plan.descriptors.size(); ++i) {
    ::dup2(plan.descriptors[i], kLifeLine + static_cast<int>(i));
  }
  for (const int standard : {0, 1, 2}) ::close(standard);
  closeFrom(kKeptEnd);
  // A terminal's or a service manager's polite signals are the host's to obey; the
  // guardian ends by itself right after it.
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE}) ::signal(number, SIG_IGN);
  ::prctl(PR_SET_NAME, "owpool-guardian");
  (void)!::chdir("/");
  waitUntilAlone();
  endAll(plan);
  removeDirectories();
  ::_exit(0);
}

os::UniqueFd outOfTheWay(int fd) { return os::UniqueFd(::fcntl(fd, F_DUPFD_CLOEXEC, kKeptEnd)); }

}  // namespace

absl::StatusOr<std::unique_ptr<Guardian>> Guardian::start(const GuardianDuties& duties) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return os::systemError("making a pipe", errno);
  const os::UniqueFd read_end(ends[0]);
  os::UniqueFd write_end(ends[1]);
  const os::UniqueFd host(static_cast<int>(::syscall(SYS_pidfd_open, ::getpid(), 0)));
  if (!host.valid()) return os::systemError("watching this process (pidfd_open)", errno);
  const std::array<os::UniqueFd, 4> descriptors{
      outOfTheWay(read_end.get()), outOfTheWay(host.get()), outOfTheWay(duties.directory_fd),
      outOfTheWay(duties.lock_fd)};
  for (const os::UniqueFd& fd : descriptors) {
    if (!fd.valid()) return os::systemError("duplicating a descriptor", errno);
  }
  std::vector<const char*> cgroups;
  for (const std::string& cgroup : duties.cgroups) cgroups.push_back(cgroup.c_str());
  const Plan plan{duties.mark.data(),
                  duties.mark.size(),
                  cgroups.data(),
                  cgroups.size(),
                  {descriptors[0].get(), descriptors[1].get(), descriptors[2].get(),
                   descriptors[3].get()}};

  // No signal handler of the host's may run in the child.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  const pid_t pid = ::fork();
  const int error = errno;
  if (pid == 0) becomeGuardian(plan);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (pid < 0) return os::systemError("starting the guardian process", error);
  return std::unique_ptr<Guardian>(new Guardian(pid, std::move(write_end)));
}

Guardian::~Guardian() {
  life_line_.reset();
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

}  // namespace owpool::process
