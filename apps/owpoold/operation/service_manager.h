// What systemd is told, by its sd_notify protocol: a datagram to a Unix socket.
#ifndef OWPOOLD_OPERATION_SERVICE_MANAGER_H_
#define OWPOOLD_OPERATION_SERVICE_MANAGER_H_

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>

#include "owpool/units.h"

namespace owpool::daemon {

// Whoever started this process and wants to know how it is; perhaps nobody. Thread-safe.
class ServiceManager {
 public:
  // What it says in the environment; see sd_notify(3) and sd_watchdog_enabled(3).
  struct Environment {
    std::string notify_socket;  // NOTIFY_SOCKET: a path, or '@' and an abstract name.
    std::string watchdog_usec;  // WATCHDOG_USEC
    std::string watchdog_pid;   // WATCHDOG_PID; empty: whoever reads it.
  };
  // Takes these out of the process's environment: they are for nobody that it starts.
  static Environment takeEnvironment();

  ServiceManager(Environment environment, pid_t self);

  // "VARIABLE=VALUE" lines. Does nothing if nobody listens; waits for a second at most.
  void tell(std::string_view message) const;
  void ready(std::string_view status) const;
  void reloading() const;  // To be followed by ready().
  // It will take up to "time" to stop, whatever the unit says.
  void stopping(Duration time) const;

  // How often it wants to hear "WATCHDOG=1", else it ends this process; nullopt: never.
  std::optional<Duration> watchdog() const { return watchdog_; }

 private:
  std::string notify_socket_;
  std::optional<Duration> watchdog_;
};

}  // namespace owpool::daemon

#endif  // OWPOOLD_OPERATION_SERVICE_MANAGER_H_
