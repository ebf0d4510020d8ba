#include "owpoold/service.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <variant>

#include "fmt/format.h"
#include "http/client.h"
#include "http/server.h"
#include "owpool/pool_driver.h"
#include "owpoold/admin/admin.h"
#include "owpoold/admin/socket.h"
#include "owpoold/api/api.h"
#include "owpoold/config/pool_options.h"
#include "owpoold/factories.h"
#include "owpoold/invoke/observers.h"
#include "owpoold/support/files.h"
#include "owpoold/operation/live_checks.h"
#include "owpoold/operation/log.h"
#include "owpoold/operation/monitor.h"
#include "owpoold/operation/operation_routes.h"
#include "owpoold/operation/preflight.h"
#include "owpoold/operation/service_manager.h"
#include "owpoold/operation/signals.h"
#include "owpoold/operation/supervision.h"

namespace owpool::daemon {
namespace {

std::int64_t unixMillis() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

// Not value_or(), whose result is an int.
std::int64_t limitOrNone(const std::optional<int>& limit) {
  return limit ? *limit : InvocationLimits::kUnlimited;
}

InvocationLimits invocationLimits(const Options& options) {
  return {limitOrNone(options.concurrent_invocations),
          limitOrNone(options.invocations_per_minute)};
}

Retention retention(const Options& options) {
  return {limitOrNone(options.activations_max),
          options.activations_max_age.value_or(Duration::max())};
}

// A thread for each activation that the containers can run at once, and for what is
// done to containers beside running them. They are started as they are needed.
int executorThreads(const PoolConfig& config, int concurrency_max) {
  std::int64_t containers = config.user_memory.count() / ByteSize::mebibytes(128).count();
  for (const PrewarmConfig& prewarm : config.prewarms) {
    containers += std::max(prewarm.count, prewarm.reactive ? prewarm.reactive->count_max : 0);
  }
  return static_cast<int>(std::clamp<std::int64_t>((concurrency_max + 1) * containers + 16, 32,
                                                   4096));
}

LimitRanges limitRanges(const Options& options) {
  LimitRanges ranges;
  ranges.concurrency.max = options.action_concurrency_max;
  ranges.memory_mb.max = options.action_memory_max.count() / ByteSize::mebibytes(1).count();
  ranges.timeout_ms.max =
      std::chrono::duration_cast<std::chrono::milliseconds>(options.action_timeout_max).count();
  return ranges;
}

std::string hostForUrl(const std::string& address) {
  return address.find(':') == std::string::npos ? address : "[" + address + "]";
}

// Where actions, and we ourselves, reach the API, wherever else it is served.
std::string addressOnThisMachine(const std::string& address, int port) {
  std::string host = address;
  if (host == "0.0.0.0") host = "127.0.0.1";
  if (host == "::") host = "::1";
  return fmt::format("{}:{}", hostForUrl(host), port);
}

// Whether the server answers; one that has no thread for it is busy, not dead.
bool answersItself(const http::Server& server, const std::string& own_address) {
  http::ClientRequest request;
  request.method = "GET";
  request.target = "/livez";
  request.timeout = std::chrono::seconds(2);
  request.body_max = ByteSize::mebibytes(1);
  const auto answer = http::exchange(own_address, request);
  return std::holds_alternative<http::ClientResponse>(answer) || server.isCrowded();
}

// Whoever does not ask for the options each time is told the new ones.
void reload(LiveOptions& live, const ReadAgain& read_again, Namespaces& namespaces,
            Store& store) {
  const auto options = live.reload(read_again);
  if (!options) return;
  setLogLevel(options->log_level);
  setLogFormat(options->log_format);
  namespaces.setDefaultLimits(invocationLimits(*options));
  store.setRetention(retention(*options));
}

// What serve() does once all that may be missing is there.
absl::Status run(const Options& options, const Manifest& manifest, Namespaces& namespaces,
                 Store& store, ContainerFactory& factory, const std::string& state_dir,
                 const Signals& signals, const ServiceManager& manager,
                 const ReadAgain& read_again) {
  LiveOptions live(options);
  const PoolConfig config = poolConfig(options, manifest);
  auto pool = Pool::create(config);
  if (!pool.ok()) return pool.status();
  Refusals refusals;
  ActivationMetrics metrics(options.metrics_compat == MetricsCompat::OpenWhisk
                                ? ActivationMetrics::Detail::ByAction
                                : ActivationMetrics::Detail::Sums);
  const auto executor = newThreadPoolExecutor(
      executorThreads(config, options.action_concurrency_max));
  const MonotonicClock& clock = systemMonotonicClock();
  PoolDriver::Deps deps{factory, clock, *executor};
  Watch watch(config, clock);
  Observers observers({&refusals, &watch.decisions});
  deps.observer = &observers;
  PoolDriver driver(*std::move(pool), deps);
  std::thread deadlines([&] { driver.serveDeadlines(); });

  Invoker invoker({driver, refusals, store, metrics, unixMillis, &watch});
  ActionCache actions(store, manifest);
  Authenticator authenticator(namespaces);
  HealthBoard board = newHealthBoard();
  std::function<bool()> server_answers;
  Monitor monitor({board, manager, [&] { return server_answers(); }},
                  liveChecks({driver, clock, manifest, store, metrics, state_dir}));
  const OperationRoutes operation({board, [&] { return monitor.checks(); },
                                   [&] {
                                     return Measurements{driver.stats(), config.user_memory,
                                                         clock.now(), metrics.counts(),
                                                         readProcessUsage(), monitor.lastTurn(),
                                                         droppedLogLines()};
                                   },
                                   options.metrics_compat});
  const Api api({store, actions, invoker, manifest, namespaces, authenticator, metrics,
                 config.user_memory, operation, unixMillis,
                 [&] { return limitRanges(live.get()); }});
  http::ServerLimits limits;
  limits.connections_max = options.connections_max;
  limits.body_max = Api::kBodyMax;
  http::Server server(limits, [&](const http::Request& request) { return api.handle(request); },
                      Api::rejected,
                      [&](const http::Request& request) { return api.bodyLimit(request); });
  const Admin admin({driver, watch, clock, config, unixMillis, namespaces, store});
  http::ServerLimits admin_limits;
  admin_limits.body_max = ByteSize::mebibytes(1);
  http::Server admin_server(admin_limits,
                            [&](const http::Request& request) { return admin.handle(request); },
                            Api::rejected, nullptr);
  auto port = server.start(options.listen_address, options.listen_port);
  if (port.ok()) {
    if (auto status = startAdminServer(admin_server, state_dir); !status.ok()) port = status;
  }
  if (port.ok()) {
    const std::string own_address = addressOnThisMachine(options.listen_address, *port);
    invoker.setApiHost("http://" + own_address);
    server_answers = [&] { return answersItself(server, own_address); };
    monitor.start();
    board.set("listening", "");
    const std::string listening =
        fmt::format("listening on {}:{}", hostForUrl(options.listen_address), *port);
    std::printf("%s\n", listening.c_str());
    std::fflush(stdout);
    Supervision({driver, server, signals, manager, board, listening,
                 [&] { reload(live, read_again, namespaces, store); },
                 [&] { return live.get().drain_timeout; }})
        .run();
    monitor.stop();  // It asks the server, which goes before it.
  } else {
    driver.shutDown(Duration(0));
  }
  deadlines.join();
  watch.logs.close();  // Nobody is to wait for more.
  return port.status();
}

}  // namespace

absl::Status serve(const Options& options, Start start, const ReadAgain& read_again) {
  setLogLevel(options.log_level);
  setLogFormat(options.log_format);
  const ServiceManager manager(ServiceManager::takeEnvironment(), ::getpid());
  const auto manifest = loadManifest(options);
  if (!manifest.ok()) {
    return absl::InvalidArgumentError("--runtimes: " + std::string(manifest.status().message()));
  }
  const auto state_dir = StateDir::open(options.state_dir);
  const auto store =
      state_dir.ok()
          ? Store::open(state_dir->path() + "/owpoold.db", unixMillis, retention(options))
          : absl::StatusOr<std::unique_ptr<Store>>(state_dir.status());
  SystemFacts facts = gatherFacts(options, *manifest);
  facts.state_dir_status = state_dir.status();
  facts.database_status = store.status();
  if (!reportPreflight(preflight(facts))) {
    return absl::FailedPreconditionError("not started, since a check failed");
  }
  if (start == Start::PreflightOnly) return absl::OkStatus();

  const auto namespaces = Namespaces::open(**store, unixMillis);
  if (!namespaces.ok()) return namespaces.status();
  (*namespaces)->setDefaultLimits(invocationLimits(options));
  const auto new_key = (*namespaces)->ensureGuest(state_dir->path() + "/key");
  if (!new_key.ok()) return new_key.status();
  if (*new_key) {
    // Here and nowhere else: what is logged may be read by others.
    std::printf("key of namespace guest, shown only now: %s\n", (*new_key)->text().c_str());
    std::fflush(stdout);
  }
  const auto signals = Signals::install();
  if (!signals.ok()) return signals.status();
  const auto factory = newContainerFactory(options, *manifest, state_dir->path());
  if (!factory.ok()) return factory.status();

  log(LogLevel::Info, "starting",
      {{"state_dir", state_dir->path()}, {"runtimes", options.runtimes_file},
       {"kinds", manifest->kindNames()}});
  auto status = run(options, *manifest, **namespaces, **store, **factory, state_dir->path(),
                    *signals, manager, read_again);
  if (status.ok()) log(LogLevel::Info, "stopped");
  return status;
}

}  // namespace owpool::daemon
