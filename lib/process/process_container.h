// A container that is a process, from its start to its removal.
#ifndef OWPOOL_LIB_PROCESS_PROCESS_CONTAINER_H_
#define OWPOOL_LIB_PROCESS_PROCESS_CONTAINER_H_

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "owpool/action_protocol.h"
#include "owpool/container_factory.h"
#include "process/cgroup.h"
#include "process/output.h"
#include "process/spawn.h"
#include "process/watcher.h"

namespace owpool::process {

// What the factory has made for it.
struct ContainerParts {
  std::string directory;       // Its path.
  int containers_fd = -1;      // The directory that it is in. Outlives the container.
  std::string directory_name;  // In there.
  std::string mark;            // "NAME=value" in the environment of all its processes.
  std::string address;
  ByteSize response_max;
  SpawnedProcess process;
  std::unique_ptr<ContainerCgroup> cgroup;  // May be null.
  os::UniqueFd stdout_pipe;
  os::UniqueFd stderr_pipe;
  absl::AnyInvocable<void()> on_death;
};

// The process is reaped by destroy() and not before, even when it has long ended: until
// then its number, and that of its group and session, belong to nobody else, so that
// they can be sent signals safely.
class ProcessContainer final : public Container {
 public:
  ProcessContainer(ContainerParts parts, Watcher& watcher);
  ~ProcessContainer() override;

  // Called once, first: from now on its output is read and its death is noticed.
  absl::Status startWatching();

  const std::string& address() const override { return parts_.address; }
  InitResult initialize(const InitRequest& request) override;
  RunResult run(const RunRequest& request) override;
  ActivationLogs collectLogs(const LogRequest& request) override;
  absl::Status pause(Duration timeout) override;
  absl::Status resume(Duration timeout) override;
  absl::Status destroy(Duration timeout) override;

 private:
  using Clock = std::chrono::steady_clock;

  // On the watcher's thread, when the process has ended.
  void onExit();
  absl::Status setFrozen(bool frozen, Duration timeout);
  bool memoryExhausted() const;
  // Sends SIGKILL to all that belongs to it. Returns how many of them there were, as
  // far as that can be known; the process itself, once it has ended, is none of them.
  int killAll();
  // killAll() until nothing is left and the process has ended; false if "deadline" came
  // before that.
  bool endAll(Clock::time_point deadline);
  bool hasExited() const;
  absl::Status removeWhatItHeld(Clock::time_point deadline);

  ContainerParts parts_;
  Watcher& watcher_;
  ContainerOutput output_;
  ActionClient client_;
  std::vector<Watcher::WatchId> watches_;
  std::atomic<bool> memory_exhausted_{false};
  std::atomic<bool> destroying_{false};
  std::atomic<bool> dead_{false};
  std::mutex destroy_mutex_;
  bool reaped_ = false;     // Guarded by destroy_mutex_.
  bool destroyed_ = false;  // Guarded by destroy_mutex_.
};

}  // namespace owpool::process

#endif  // OWPOOL_LIB_PROCESS_PROCESS_CONTAINER_H_
