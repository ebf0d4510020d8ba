// All that runs while owpoold serves.
#ifndef OWPOOLD_DAEMON_H_
#define OWPOOLD_DAEMON_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "http/server.h"
#include "owpool/pool_driver.h"
#include "owpoold/admin/admin.h"
#include "owpoold/api/api.h"
#include "owpoold/invoke/observers.h"
#include "owpoold/operation/live_options.h"
#include "owpoold/operation/monitor.h"
#include "owpoold/operation/operation_routes.h"
#include "owpoold/operation/service_manager.h"
#include "owpoold/operation/signals.h"

namespace owpool::daemon {

// What is opened before the daemon is made. All outlives it.
struct DaemonDeps {
  const Manifest& manifest;
  Namespaces& namespaces;
  Store& store;
  ContainerFactory& factory;
  const Signals& signals;
  const ServiceManager& manager;
  std::string state_dir;
  ReadAgain read_again;
  std::string engine;   // See MadeFactory.
  std::string gateway;
};

class Daemon {
 public:
  // "pool" is made of "config".
  Daemon(const Options& options, const PoolConfig& config, Pool pool, DaemonDeps deps);
  Daemon(const Daemon&) = delete;
  Daemon& operator=(const Daemon&) = delete;

  // Once. Listens, says so on standard output, serves until a signal ends it and all that
  // it started is gone; or fails because it cannot listen.
  absl::Status run();

 private:
  absl::Status listen();
  void supervise();
  void reload();
  Measurements measure() const;
  bool serverAnswers() const;

  const Options options_;  // At the start; live_ has those of now.
  const PoolConfig config_;
  const DaemonDeps deps_;
  LiveOptions live_;
  const MonotonicClock& clock_;
  std::string own_address_;  // Where we ourselves reach the API, and processes. Set by listen().
  std::string address_for_actions_;
  std::string listening_;    // What is said once it does.

  // In the order in which they need each other.
  Refusals refusals_;
  ActivationMetrics metrics_;
  Watch watch_;
  Observers observers_;
  const std::unique_ptr<Executor> executor_;
  PoolDriver driver_;
  Invoker invoker_;
  ActionCache actions_;
  Authenticator authenticator_;
  HealthBoard board_;
  Monitor monitor_;
  const OperationRoutes operation_;
  const Api api_;
  const Admin admin_;
  http::Server server_;
  http::Server admin_server_;
};

// The wall clock, for records.
std::int64_t unixMillis();

}  // namespace owpool::daemon

#endif  // OWPOOLD_DAEMON_H_
