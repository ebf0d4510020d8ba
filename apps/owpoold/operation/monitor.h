#ifndef OWPOOLD_OPERATION_MONITOR_H_
#define OWPOOLD_OPERATION_MONITOR_H_

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "owpool/units.h"
#include "owpoold/operation/health_board.h"
#include "owpoold/operation/service_manager.h"

namespace owpool::daemon {

// Looks after the daemon on a thread of its own: makes each check in turns, notes on the
// board what it found, and tells the service manager's watchdog that all is well. A check
// that hangs holds up this thread only: then the board's check "monitor" fails, and the
// watchdog hears nothing more.
class Monitor {
 public:
  struct Check {
    std::string name;                       // On the board.
    std::function<std::string()> problem;   // Empty: it is well.
  };
  struct Deps {
    HealthBoard& board;
    const ServiceManager& manager;
    // Asked only for the watchdog: whether the server answers a request of our own.
    std::function<bool()> server_answers;
  };
  // The first turn is made before this returns, the others from start() on.
  Monitor(Deps deps, std::vector<Check> checks);
  ~Monitor();  // stop().
  Monitor(const Monitor&) = delete;
  Monitor& operator=(const Monitor&) = delete;
  void start();
  // Returns when no check is being made any more. Idempotent.
  void stop();

  // Unix time, in seconds, of the last turn.
  double lastTurn() const;
  // The check "monitor": whether the last turn is too long ago.
  std::vector<HealthBoard::Entry> checks() const;

 private:
  void makeChecks();
  void tellWatchdog();
  void run();

  const Deps deps_;
  const std::vector<Check> checks_;
  const Duration interval_;
  std::atomic<std::int64_t> turned_nanos_{0};       // Monotonic.
  std::atomic<std::int64_t> turned_unix_millis_{0};
  std::mutex mutex_;
  std::condition_variable stop_requested_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace owpool::daemon

#endif  // OWPOOLD_OPERATION_MONITOR_H_
