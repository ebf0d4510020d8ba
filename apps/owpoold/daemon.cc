#include "owpoold/daemon.h"

#include <chrono>
#include <cstdio>
#include <thread>
#include <utility>
#include <variant>

#include "fmt/format.h"
#include "http/client.h"
#include "owpoold/admin/socket.h"
#include "owpoold/operation/live_checks.h"
#include "owpoold/operation/log.h"
#include "owpoold/operation/supervision.h"
#include "owpoold/service_options.h"

namespace owpool::daemon {
namespace {

std::string hostForUrl(const std::string& address) {
  return address.find(':') == std::string::npos ? address : "[" + address + "]";
}

// Wherever else it is served.
std::string addressOnThisMachine(const std::string& address, int port) {
  std::string host = address;
  if (host == "0.0.0.0") host = "127.0.0.1";
  if (host == "::") host = "::1";
  return fmt::format("{}:{}", hostForUrl(host), port);
}

bool isEveryAddress(const std::string& address) { return address == "0.0.0.0" || address == "::"; }

PoolDriver::Deps driverDeps(ContainerFactory& factory, const MonotonicClock& clock,
                            Executor& executor, PoolObserver& observer) {
  PoolDriver::Deps deps{factory, clock, executor};
  deps.observer = &observer;
  return deps;
}

http::ServerLimits serverLimits(const Options& options) {
  http::ServerLimits limits;
  limits.connections_max = options.connections_max;
  limits.body_max = Api::kBodyMax;
  return limits;
}

// Whoever uses that socket is on this machine: one that hangs is not to keep the daemon
// from ending for longer than this.
http::ServerLimits adminServerLimits() {
  http::ServerLimits limits;
  limits.body_max = ByteSize::mebibytes(1);
  limits.header_timeout = std::chrono::seconds(5);
  limits.body_timeout = std::chrono::seconds(5);
  return limits;
}

ActivationMetrics::Detail detailOf(MetricsCompat compat) {
  return compat == MetricsCompat::OpenWhisk ? ActivationMetrics::Detail::ByAction
                                            : ActivationMetrics::Detail::Sums;
}

}  // namespace

std::int64_t unixMillis() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

Daemon::Daemon(const Options& options, const PoolConfig& config, Pool pool, DaemonDeps deps)
    : options_(options),
      config_(config),
      deps_(std::move(deps)),
      live_(options),
      clock_(systemMonotonicClock()),
      metrics_(detailOf(options.metrics_compat)),
      watch_(config, clock_),
      observers_({&refusals_, &watch_.decisions}),
      executor_(newThreadPoolExecutor(executorThreads(config, options.action_concurrency_max))),
      driver_(std::move(pool), driverDeps(deps_.factory, clock_, *executor_, observers_)),
      invoker_({driver_, refusals_, deps_.store, metrics_, unixMillis, &watch_}),
      actions_(deps_.store, deps_.manifest),
      authenticator_(deps_.namespaces),
      board_(newHealthBoard()),
      monitor_({board_, deps_.manager, [this] { return serverAnswers(); }},
               liveChecks({driver_, clock_, deps_.manifest, deps_.store, metrics_,
                           deps_.state_dir, deps_.engine})),
      operation_({board_, [this] { return monitor_.checks(); }, [this] { return measure(); },
                  options.metrics_compat}),
      api_({deps_.store, actions_, invoker_, deps_.manifest, deps_.namespaces, authenticator_,
            metrics_, config_.user_memory, operation_, unixMillis,
            [this] { return limitRanges(live_.get()); }}),
      admin_({driver_, watch_, clock_, config_, unixMillis, deps_.namespaces, deps_.store}),
      server_(serverLimits(options),
              [this](const http::Request& request) { return api_.handle(request); },
              Api::rejected,
              [this](const http::Request& request) { return api_.bodyLimit(request); }),
      admin_server_(adminServerLimits(),
                    [this](const http::Request& request) { return admin_.handle(request); },
                    Api::rejected, nullptr) {}

absl::Status Daemon::run() {
  std::thread deadlines([this] { driver_.serveDeadlines(); });
  const auto status = listen();
  if (status.ok()) supervise();
  server_.stop();
  // What came until then was refused: nobody is told of it any more once this returns.
  driver_.shutDown(Duration(0));
  deadlines.join();
  watch_.logs.close();  // Nobody is to wait for more.
  return status;
}

absl::Status Daemon::listen() {
  const auto port = server_.start(options_.listen_address, options_.listen_port);
  if (!port.ok()) return port.status();
  if (auto status = startAdminServer(admin_server_, deps_.state_dir); !status.ok()) return status;
  own_address_ = addressOnThisMachine(options_.listen_address, *port);
  // Containers of an engine are not on this machine's loopback.
  const bool by_gateway = !deps_.gateway.empty() && isEveryAddress(options_.listen_address);
  address_for_actions_ =
      by_gateway ? fmt::format("{}:{}", hostForUrl(deps_.gateway), *port) : own_address_;
  listening_ = fmt::format("listening on {}:{}", hostForUrl(options_.listen_address), *port);
  return absl::OkStatus();
}

void Daemon::supervise() {
  invoker_.setApiHost("http://" + address_for_actions_);
  monitor_.start();
  board_.set("listening", "");
  std::printf("%s\n", listening_.c_str());
  std::fflush(stdout);
  Supervision({driver_, server_, deps_.signals, deps_.manager, board_, listening_,
               [this] { reload(); }, [this] { return live_.get().drain_timeout; }})
      .run();
  monitor_.stop();  // It asks the server, which goes before it.
}

// Whoever does not ask for the options each time is told the new ones.
void Daemon::reload() {
  const auto options = live_.reload(deps_.read_again);
  if (!options) return;
  setLogLevel(options->log_level);
  deps_.namespaces.setDefaultLimits(invocationLimits(*options));
  deps_.store.setRetention(retention(*options));
}

Measurements Daemon::measure() const {
  return {driver_.stats(),     config_.user_memory,  clock_.now(),
          metrics_.counts(),   readProcessUsage(),   monitor_.lastTurn(),
          droppedLogLines()};
}

// One that has no thread for it is busy, not dead.
bool Daemon::serverAnswers() const {
  http::ClientRequest request;
  request.method = "GET";
  request.target = "/livez";
  request.timeout = std::chrono::seconds(2);
  request.body_max = ByteSize::mebibytes(1);
  const auto answer = http::exchange(own_address_, request);
  return std::holds_alternative<http::ClientResponse>(answer) || server_.isCrowded();
}

}  // namespace owpool::daemon
