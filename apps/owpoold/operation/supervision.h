// What the daemon does from the moment that it listens: it waits for signals.
#ifndef OWPOOLD_OPERATION_SUPERVISION_H_
#define OWPOOLD_OPERATION_SUPERVISION_H_

#include <functional>
#include <string>

#include "http/server.h"
#include "owpool/pool_driver.h"
#include "owpoold/operation/health_board.h"
#include "owpoold/operation/service_manager.h"
#include "owpoold/operation/signals.h"

namespace owpool::daemon {

class Supervision {
 public:
  struct Deps {
    PoolDriver& driver;
    http::Server& server;
    const Signals& signals;
    const ServiceManager& manager;
    HealthBoard& board;
    std::string status;                     // In a line, for the service manager.
    std::function<void()> reload;           // For SIGHUP. Says itself what came of it.
    std::function<Duration()> drain_timeout;
  };
  explicit Supervision(Deps deps) : deps_(std::move(deps)) {}

  // Serves until SIGTERM or SIGINT, then drains: what is asked for now is refused with 503
  // and told to close its connection, what runs may end within drain_timeout. Returns when
  // no container is left and the server has stopped. A second such signal does not wait
  // for what runs, and ends the process, as do clients that do not take their answers.
  void run();

 private:
  void drain(int signal_number);
  void heedSignalsOfDrain();
  void stopServer();

  Deps deps_;
};

}  // namespace owpool::daemon

#endif  // OWPOOLD_OPERATION_SUPERVISION_H_
