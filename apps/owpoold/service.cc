#include "owpoold/service.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "fmt/format.h"
#include "http/server.h"
#include "owpool/pool_driver.h"
#include "owpoold/admin/admin.h"
#include "owpoold/admin/socket.h"
#include "owpoold/api/api.h"
#include "owpoold/factories.h"
#include "owpoold/support/files.h"
#include "owpoold/operation/log.h"
#include "owpoold/operation/metrics_text.h"
#include "owpoold/operation/signals.h"

namespace owpool::daemon {
namespace {

std::int64_t unixMillis() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

PoolConfig poolConfig(const Options& options, const Manifest& manifest) {
  PoolConfig config;
  config.user_memory = options.user_memory;
  config.prewarms = manifest.prewarms();
  config.pause_grace = options.pause_grace;
  config.idle_timeout = options.idle_timeout;
  config.memory_accounting = {options.memory_release, options.prewarm_accounting};
  config.prewarm_check_interval = options.prewarm_check_interval;
  config.queue_discipline = options.queue_discipline;
  config.blocking_priority = options.blocking_priority;
  config.buffer_count_max = options.buffer_max;
  config.starts_in_flight_max = options.starts_in_flight_max;
  config.reschedules_max = options.reschedules_max;
  return config;
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

// Where actions reach the API: on this machine, wherever else it is served.
std::string apiHost(const std::string& address, int port) {
  std::string host = address;
  if (host == "0.0.0.0") host = "127.0.0.1";
  if (host == "::") host = "::1";
  return fmt::format("http://{}:{}", hostForUrl(host), port);
}

void warnIfPublic(const std::string& address) {
  if (address.rfind("127.", 0) == 0 || address == "::1" || address == "localhost") return;
  log(LogLevel::Warning,
      "this address can be reached from other machines: the key and everything else goes over the "
      "network unencrypted, and who has the key runs programs here",
      {{"address", address}});
}

// Ends everything, patiently until the second signal.
void drain(PoolDriver& driver, http::Server& server, const Signals& signals, Duration timeout) {
  log(LogLevel::Info, "shutting down; a second signal does not wait for what runs");
  driver.beginShutDown(timeout);
  std::thread stop([&] { server.stop(); });
  std::thread hurry([&] {
    if (!signals.wait()) return;
    driver.shutDown(Duration(0));
    // No container is left, every record is written; a slow client is not waited for.
    log(LogLevel::Info, "stopped at once");
    std::_Exit(EXIT_SUCCESS);
  });
  driver.shutDown(timeout);
  stop.join();
  signals.stopWaiting();
  hurry.join();
}

// What serve() does once all that may be missing is there.
absl::Status run(const Options& options, const Manifest& manifest, Namespaces& namespaces,
                 Store& store, ContainerFactory& factory, const std::string& state_dir,
                 const Signals& signals) {
  const PoolConfig config = poolConfig(options, manifest);
  auto pool = Pool::create(config);
  if (!pool.ok()) return pool.status();
  Refusals refusals;
  ActivationMetrics metrics;
  const auto executor = newThreadPoolExecutor(
      executorThreads(config, options.action_concurrency_max));
  PoolDriver::Deps deps{factory, systemMonotonicClock(), *executor};
  deps.observer = &refusals;
  PoolDriver driver(*std::move(pool), deps);
  std::thread deadlines([&] { driver.serveDeadlines(); });

  Invoker invoker({driver, refusals, store, metrics, unixMillis});
  ActionCache actions(store, manifest);
  Authenticator authenticator(namespaces);
  const Api api({store, actions, invoker, manifest, namespaces, authenticator, metrics,
                 config.user_memory,
                 [&] { return metricsText(driver.stats(), config.user_memory, metrics.counts()); },
                 unixMillis, limitRanges(options)});
  http::ServerLimits limits;
  limits.connections_max = options.connections_max;
  limits.body_max = Api::kBodyMax;
  http::Server server(limits, [&](const http::Request& request) { return api.handle(request); },
                      Api::rejected,
                      [&](const http::Request& request) { return api.bodyLimit(request); });
  const Admin admin({driver, systemMonotonicClock()});
  http::Server admin_server({}, [&](const http::Request& request) { return admin.handle(request); },
                            Api::rejected, nullptr);
  auto port = server.start(options.listen_address, options.listen_port);
  if (port.ok()) {
    if (auto status = startAdminServer(admin_server, state_dir); !status.ok()) port = status;
  }
  if (port.ok()) {
    invoker.setApiHost(apiHost(options.listen_address, *port));
    std::printf("listening on %s:%d\n", hostForUrl(options.listen_address).c_str(), *port);
    std::fflush(stdout);
    signals.wait();
    drain(driver, server, signals, options.drain_timeout);
  } else {
    driver.shutDown(Duration(0));
  }
  deadlines.join();
  return port.status();
}

}  // namespace

absl::Status serve(const Options& options) {
  const auto manifest = loadManifest(options);
  if (!manifest.ok()) return manifest.status();
  const auto state_dir = StateDir::open(options.state_dir);
  if (!state_dir.ok()) return state_dir.status();
  const auto store = Store::open(state_dir->path() + "/owpoold.db", unixMillis,
                                 retention(options));
  if (!store.ok()) return store.status();
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

  warnIfPublic(options.listen_address);
  log(LogLevel::Info, "starting",
      {{"state_dir", state_dir->path()}, {"runtimes", options.runtimes_file},
       {"kinds", manifest->kindNames()}});
  auto status = run(options, *manifest, **namespaces, **store, **factory, state_dir->path(),
                    *signals);
  if (status.ok()) log(LogLevel::Info, "stopped");
  return status;
}

}  // namespace owpool::daemon
