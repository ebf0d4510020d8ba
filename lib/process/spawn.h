// Starts a container's process from a program that may have many threads.
#ifndef OWPOOL_LIB_PROCESS_SPAWN_H_
#define OWPOOL_LIB_PROCESS_SPAWN_H_

#include <sys/types.h>

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "os/unique_fd.h"
#include "owpool/units.h"

namespace owpool::process {

// What the process inherits the listening socket as.
inline constexpr int kListenFd = 3;

struct SpawnPlan {
  std::vector<std::string> command;      // The first is the program's absolute path.
  std::vector<std::string> environment;  // "NAME=value".
  std::string directory;                 // To work in.
  os::UniqueFd listen_socket;
  os::UniqueFd stdout_pipe;
  os::UniqueFd stderr_pipe;
  std::vector<os::UniqueFd> cgroup_entrances;
  std::optional<ByteSize> data_limit;  // RLIMIT_DATA.
};

struct SpawnedProcess {
  pid_t pid = 0;  // Of its process group and its session, too. Ours to reap.
  os::UniqueFd pidfd;
};

// Has a thread of its own that does all the forking: a process that asks to be killed
// with its parent (PR_SET_PDEATHSIG) is killed when the thread ends that forked it, so
// that must not be any thread of the host's. Thread-safe.
class Spawner {
 public:
  Spawner();
  // The processes that it started are killed.
  ~Spawner();
  Spawner(const Spawner&) = delete;
  Spawner& operator=(const Spawner&) = delete;

  // Blocks until the program runs. INVALID_ARGUMENT if it cannot be executed.
  absl::StatusOr<SpawnedProcess> spawn(SpawnPlan plan);

 private:
  void loop();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> tasks_;
  bool stopping_ = false;
  std::thread thread_;  // Last: it uses the others.
};

}  // namespace owpool::process

#endif  // OWPOOL_LIB_PROCESS_SPAWN_H_
