#include "process/process_container.h"

#include <poll.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "os/system_error.h"
#include "process/marked_processes.h"
#include "process/remove_tree.h"

namespace owpool::process {
namespace {

constexpr std::chrono::milliseconds kPoll{1};
// For how long a death may keep the watcher's thread from the other containers.
constexpr std::chrono::milliseconds kEndAtDeath{50};

}  // namespace

ProcessContainer::ProcessContainer(ContainerParts parts, Watcher& watcher)
    : parts_(std::move(parts)),
      watcher_(watcher),
      output_(std::move(parts_.stdout_pipe), std::move(parts_.stderr_pipe)),
      client_(ActionClientConfig{parts_.address, parts_.response_max,
                                 [this] { return memoryExhausted(); }}) {}

ProcessContainer::~ProcessContainer() {
  // Does nothing if it was destroyed, as it should have been.
  (void)destroy(std::chrono::seconds(1));
}

absl::Status ProcessContainer::startWatching() {
  const auto watch = [this](int fd, Watcher::Handler handler) {
    auto id = watcher_.watch(fd, std::move(handler));
    if (id.ok()) watches_.push_back(*id);
    return id.status();
  };
  for (const LogStream stream : {LogStream::Stdout, LogStream::Stderr}) {
    auto status =
        watch(output_.descriptor(stream), [this, stream] { return output_.read(stream); });
    if (!status.ok()) return status;
  }
  return watch(parts_.process.pidfd.get(), [this] {
    onExit();
    return false;
  });
}

void ProcessContainer::onExit() {
  if (destroying_) return;
  dead_ = true;
  if (parts_.cgroup && parts_.cgroup->memoryExhausted()) memory_exhausted_ = true;
  // What it started does not outlive it, and may hold the socket open.
  endAll(Clock::now() + kEndAtDeath);
  auto on_death = std::move(parts_.on_death);
  // The container may be gone when this returns.
  if (on_death) on_death();
}

InitResult ProcessContainer::initialize(const InitRequest& request) {
  return client_.initialize(request);
}

RunResult ProcessContainer::run(const RunRequest& request) {
  const Action& action = *request.action;
  output_.beginActivation(action.log_limit, action.concurrency_max == 1);
  RunResult result = client_.run(request);
  if (!result.delivered) output_.activationNotDelivered();
  return result;
}

ActivationLogs ProcessContainer::collectLogs(const LogRequest& request) {
  return output_.collect(request);
}

absl::Status ProcessContainer::pause(Duration timeout) { return setFrozen(true, timeout); }
absl::Status ProcessContainer::resume(Duration timeout) { return setFrozen(false, timeout); }

absl::Status ProcessContainer::setFrozen(bool frozen, Duration timeout) {
  if (destroying_ || dead_) return absl::UnavailableError("the container has ended");
  if (!parts_.cgroup || !parts_.cgroup->canFreeze()) {
    if (::kill(-parts_.process.pid, frozen ? SIGSTOP : SIGCONT) == 0) return absl::OkStatus();
    return os::systemError(frozen ? "stopping the container" : "continuing the container", errno);
  }
  const Clock::time_point deadline = Clock::now() + timeout;
  if (auto status = parts_.cgroup->freeze(frozen); !status.ok()) return status;
  while (parts_.cgroup->isFrozen() != frozen) {
    if (destroying_ || dead_) return absl::UnavailableError("the container has ended");
    if (Clock::now() >= deadline) {
      if (frozen) (void)parts_.cgroup->freeze(false);
      return absl::DeadlineExceededError(
          fmt::format("the container could not be {} in time", frozen ? "paused" : "resumed"));
    }
    std::this_thread::sleep_for(kPoll);
  }
  return absl::OkStatus();
}

bool ProcessContainer::memoryExhausted() const {
  return memory_exhausted_ || (parts_.cgroup && parts_.cgroup->memoryExhausted());
}

int ProcessContainer::killAll() {
  ::kill(-parts_.process.pid, SIGKILL);
  ::kill(parts_.process.pid, SIGKILL);
  if (parts_.cgroup) return parts_.cgroup->kill();
  // With the zero at its end it is this container's mark and no longer one.
  return killMarkedProcesses(parts_.mark.c_str(), parts_.mark.size() + 1, parts_.process.pid);
}

bool ProcessContainer::endAll(Clock::time_point deadline) {
  // Repeatedly: what it started may be starting more, and a pause that was under way may
  // freeze it after our signal. Two looks must find nothing: a process that is just
  // executing a program has no environment for a moment, so one look may miss it.
  for (int empty_looks = 0;;) {
    empty_looks = killAll() == 0 ? empty_looks + 1 : 0;
    if (empty_looks >= 2 && hasExited()) return true;
    if (Clock::now() >= deadline) return false;
    std::this_thread::sleep_for(kPoll);
  }
}

bool ProcessContainer::hasExited() const {
  pollfd process{parts_.process.pidfd.get(), POLLIN, 0};
  return ::poll(&process, 1, 0) > 0;
}

absl::Status ProcessContainer::destroy(Duration timeout) {
  const Clock::time_point deadline = Clock::now() + timeout;
  if (parts_.cgroup && !destroying_ && parts_.cgroup->memoryExhausted()) {
    memory_exhausted_ = true;
  }
  destroying_ = true;
  client_.abort();
  output_.abort();
  // The last one is the process's: from here on on_death is not called any more.
  if (!watches_.empty()) watcher_.unwatch(watches_.back());
  const std::lock_guard<std::mutex> lock(destroy_mutex_);
  if (destroyed_) return absl::OkStatus();
  if (!reaped_) {
    if (!endAll(deadline)) {
      return absl::DeadlineExceededError("the container's processes did not end in time");
    }
    while (::waitpid(parts_.process.pid, nullptr, 0) < 0 && errno == EINTR) {
    }
    reaped_ = true;
  }
  auto status = removeWhatItHeld(deadline);
  destroyed_ = status.ok();
  return status;
}

absl::Status ProcessContainer::removeWhatItHeld(Clock::time_point deadline) {
  for (const Watcher::WatchId id : watches_) watcher_.unwatch(id);
  // The kernel lets go of a group a moment after its last process.
  while (parts_.cgroup && !parts_.cgroup->remove()) {
    if (Clock::now() >= deadline) {
      return absl::DeadlineExceededError("the container's control group could not be removed");
    }
    std::this_thread::sleep_for(kPoll);
  }
  const int error = removeTree(parts_.containers_fd, parts_.directory_name.c_str());
  if (error == 0) return absl::OkStatus();
  return os::systemError(fmt::format("removing {}", parts_.directory), error);
}

}  // namespace owpool::process
