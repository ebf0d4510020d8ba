// One thread that waits for everything the containers of a factory have to say: what
// they write, and that they ended.
#ifndef OWPOOL_LIB_PROCESS_WATCHER_H_
#define OWPOOL_LIB_PROCESS_WATCHER_H_

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

#include "absl/status/statusor.h"
#include "os/unique_fd.h"

namespace owpool::process {

// Thread-safe.
class Watcher {
 public:
  // Called on the watcher's thread when the descriptor is readable or hung up. False:
  // it need not be watched any more. May take a moment, but must not wait.
  using Handler = std::function<bool()>;
  using WatchId = std::uint64_t;

  static absl::StatusOr<std::unique_ptr<Watcher>> start();
  ~Watcher();
  Watcher(const Watcher&) = delete;
  Watcher& operator=(const Watcher&) = delete;

  // The caller keeps "fd" open until unwatch().
  absl::StatusOr<WatchId> watch(int fd, Handler handler);

  // When it returns the handler is not running and never will be; called from within
  // that handler, it is the last time that it runs. Twice does no harm.
  void unwatch(WatchId id);

 private:
  struct Watch {
    int fd;
    Handler handler;
  };

  Watcher(os::UniqueFd epoll, os::UniqueFd stop);
  void loop();
  void dispatch(WatchId id);

  os::UniqueFd epoll_;
  os::UniqueFd stop_;
  std::mutex mutex_;
  std::condition_variable idle_;
  std::map<WatchId, std::shared_ptr<Watch>> watches_;
  WatchId next_id_ = 1;     // 0 is stop_.
  WatchId running_id_ = 0;  // Whose handler is running.
  std::thread thread_;      // Last: it uses the others.
};

}  // namespace owpool::process

#endif  // OWPOOL_LIB_PROCESS_WATCHER_H_
