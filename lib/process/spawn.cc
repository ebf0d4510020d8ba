#include "process/spawn.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <future>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "os/system_error.h"
#include "process/close_on_exec.h"

namespace owpool::process {
namespace {

// Descriptors that the child is to have as 0 to 3 are first brought out of its way.
constexpr int kFirstFreeFd = 10;

enum class Step { ParentGone, Session, Cgroup, Descriptors, Directory, Limit, Execute };

struct ChildFailure {
  Step step;
  int error;
};

// All that the child needs, prepared before the fork: after it, in a program with
// threads, only system calls are safe until exec().
struct ChildPlan {
  char* const* arguments;
  char* const* environment;
  const char* directory;
  std::array<int, 4> descriptors;  // To become 0, 1, 2 and kListenFd.
  const int* cgroup_entrances;
  std::size_t cgroup_count;
  const rlimit* data_limit;  // May be null.
  int failure_pipe;
  pid_t parent;
};

[[noreturn]] void fail(const ChildPlan& plan, Step step) {
  const ChildFailure failure{step, errno};
  // If this fails the parent sees a process that ended, which is true as well.
  (void)!::write(plan.failure_pipe, &failure, sizeof failure);
  ::_exit(127);
}

void resetSignals() {
  // What the host ignores would stay ignored, SIGPIPE for instance.
  struct sigaction standard {};
  standard.sa_handler = SIG_DFL;
  for (int number = 1; number < NSIG; ++number) ::sigaction(number, &standard, nullptr);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

[[noreturn]] void becomeContainer(const ChildPlan& plan) {
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) fail(plan, Step::ParentGone);
  // It may have died before; then nobody would ever kill us.
  if (::getppid() != plan.parent) fail(plan, Step::ParentGone);
  if (::setsid() < 0) fail(plan, Step::Session);
  for (std::size_t i = 0; i < plan.cgroup_count; ++i) {
    if (::write(plan.cgroup_entrances[i], "0", 1) != 1) fail(plan, Step::Cgroup);
  }
  for (std::size_t i = 0; i < plan.descriptors.size(); ++i) {
    if (::dup2(plan.descriptors[i], static_cast<int>(i)) < 0) fail(plan, Step::Descriptors);
  }
  closeOnExecFrom(kListenFd + 1);
  if (::chdir(plan.directory) != 0) fail(plan, Step::Directory);
  if (plan.data_limit != nullptr && ::setrlimit(RLIMIT_DATA, plan.data_limit) != 0) {
    fail(plan, Step::Limit);
  }
  resetSignals();
  ::execve(plan.arguments[0], plan.arguments, plan.environment);
  fail(plan, Step::Execute);
}

absl::Status statusOf(const ChildFailure& failure, const std::string& program) {
  switch (failure.step) {
    case Step::ParentGone:
      return absl::InternalError("the container's process lost its parent while it started");
    case Step::Session:
      return os::systemError("giving the container a session", failure.error);
    case Step::Cgroup:
      return os::systemError("moving the container to its control group", failure.error);
    case Step::Descriptors:
      return os::systemError("giving the container its descriptors", failure.error);
    case Step::Directory:
      return os::systemError("changing to the container's directory", failure.error);
    case Step::Limit:
      return os::systemError("limiting the container's memory", failure.error);
    case Step::Execute:
      break;
  }
  const std::string reason(os::systemError("", failure.error).message().substr(2));
  return absl::InvalidArgumentError(
      fmt::format("the runtime's command {} cannot be executed: {}", program, reason));
}

std::vector<char*> pointersTo(std::vector<std::string>& strings) {
  std::vector<char*> pointers;
  pointers.reserve(strings.size() + 1);
  for (std::string& string : strings) pointers.push_back(string.data());
  pointers.push_back(nullptr);
  return pointers;
}

os::UniqueFd outOfTheWay(int fd) {
  return os::UniqueFd(::fcntl(fd, F_DUPFD_CLOEXEC, kFirstFreeFd));
}

absl::StatusOr<SpawnedProcess> waitForExec(pid_t pid, os::UniqueFd failure_pipe,
                                           const std::string& program) {
  SpawnedProcess process{pid, os::UniqueFd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)))};
  const int pidfd_error = process.pidfd.valid() ? 0 : errno;
  ChildFailure failure{};
  ssize_t count = 0;
  do {
    count = ::read(failure_pipe.get(), &failure, sizeof failure);
  } while (count < 0 && errno == EINTR);
  if (count == 0 && process.pidfd.valid()) return process;
  ::kill(pid, SIGKILL);
  while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
  }
  if (count == static_cast<ssize_t>(sizeof failure)) return statusOf(failure, program);
  return os::systemError("watching the container's process", pidfd_error);
}

absl::StatusOr<SpawnedProcess> forkAndExec(SpawnPlan plan) {
  std::array<int, 2> pipe_ends{};
  if (::pipe2(pipe_ends.data(), O_CLOEXEC) != 0) return os::systemError("making a pipe", errno);
  os::UniqueFd failure_read(pipe_ends[0]);
  os::UniqueFd failure_write = outOfTheWay(pipe_ends[1]);
  ::close(pipe_ends[1]);

  const os::UniqueFd null(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  if (!null.valid()) return os::systemError("opening /dev/null", errno);
  const std::array<os::UniqueFd, 4> descriptors{
      outOfTheWay(null.get()), outOfTheWay(plan.stdout_pipe.get()),
      outOfTheWay(plan.stderr_pipe.get()), outOfTheWay(plan.listen_socket.get())};
  std::vector<os::UniqueFd> entrances;
  std::vector<int> entrance_numbers;
  for (const os::UniqueFd& entrance : plan.cgroup_entrances) {
    entrances.push_back(outOfTheWay(entrance.get()));
    entrance_numbers.push_back(entrances.back().get());
  }
  for (const os::UniqueFd& fd : descriptors) {
    if (!fd.valid()) return os::systemError("duplicating a descriptor", errno);
  }
  const std::vector<char*> arguments = pointersTo(plan.command);
  const std::vector<char*> environment = pointersTo(plan.environment);
  rlimit data_limit{};
  if (plan.data_limit) {
    data_limit.rlim_cur = static_cast<rlim_t>(plan.data_limit->count());
    data_limit.rlim_max = data_limit.rlim_cur;
  }
  const ChildPlan child{arguments.data(),
                        environment.data(),
                        plan.directory.c_str(),
                        {descriptors[0].get(), descriptors[1].get(), descriptors[2].get(),
                         descriptors[3].get()},
                        entrance_numbers.data(),
                        entrance_numbers.size(),
                        plan.data_limit ? &data_limit : nullptr,
                        failure_write.get(),
                        ::getpid()};
  const pid_t pid = ::fork();
  if (pid < 0) return os::systemError("starting the container's process", errno);
  if (pid == 0) becomeContainer(child);
  failure_write.reset();
  return waitForExec(pid, std::move(failure_read), plan.command.front());
}

}  // namespace

Spawner::Spawner() : thread_([this] { loop(); }) {}

Spawner::~Spawner() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Spawner::loop() {
  // Blocked in this thread and so in the child until resetSignals(): no handler of the
  // host's may run in the child.
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, nullptr);
  for (;;) {
    std::function<void()> task;
    {
      std::unique_lock<std::mutex> lock(mutex_);
      changed_.wait(lock, [this] { return stopping_ || !tasks_.empty(); });
      if (tasks_.empty()) return;
      task = std::move(tasks_.front());
      tasks_.pop_front();
    }
    task();
  }
}

absl::StatusOr<SpawnedProcess> Spawner::spawn(SpawnPlan plan) {
  std::promise<absl::StatusOr<SpawnedProcess>> promise;
  auto result = promise.get_future();
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    tasks_.push_back([&] { promise.set_value(forkAndExec(std::move(plan))); });
  }
  changed_.notify_one();
  return result.get();
}

}  // namespace owpool::process
