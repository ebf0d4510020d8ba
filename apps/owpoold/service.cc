#include "owpoold/service.h"

#include <unistd.h>

#include <cstdio>
#include <memory>
#include <string>
#include <utility>

#include "owpoold/config/pool_options.h"
#include "owpoold/daemon.h"
#include "owpoold/factories.h"
#include "owpoold/operation/log.h"
#include "owpoold/operation/preflight.h"
#include "owpoold/service_options.h"
#include "owpoold/support/files.h"

namespace owpool::daemon {
namespace {

// Here and nowhere else: what is logged may be read by others, and is kept.
void showKey(const ApiKey& key) {
  if (isJournal(STDOUT_FILENO)) {
    std::printf("key of namespace guest: not shown in a log; owpoolctl namespace renew guest\n");
  } else {
    std::printf("key of namespace guest, shown only now: %s\n", key.text().c_str());
  }
  std::fflush(stdout);
}

// Only looks at the records if the daemon is not to be started.
absl::Status openStore(const Options& options, Start start, const std::string& state_dir,
                       std::unique_ptr<Store>& store) {
  const std::string path = state_dir + "/owpoold.db";
  if (start == Start::PreflightOnly) return Store::check(path);
  auto opened = Store::open(path, unixMillis, retention(options));
  if (opened.ok()) store = *std::move(opened);
  return opened.status();
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
  std::unique_ptr<Store> store;
  const absl::Status store_status =
      state_dir.ok() ? openStore(options, start, state_dir->path(), store) : state_dir.status();
  SystemFacts facts = gatherFacts(options, *manifest);
  if (options.factory == Factory::Docker) {
    const auto own = Manifest::load(options.own_runtimes_file);
    if (!own.ok()) return own.status();
    facts.engine = lookAtEngine(options, *manifest, *own);
  }
  facts.state_dir_status = state_dir.status();
  if (state_dir.ok()) facts.state_dir = state_dir->path();
  facts.database_status = store_status;
  if (!reportPreflight(preflight(facts))) {
    return absl::FailedPreconditionError("not started, since a check failed");
  }
  if (start == Start::PreflightOnly) return absl::OkStatus();

  const auto namespaces = Namespaces::open(*store, unixMillis);
  if (!namespaces.ok()) return namespaces.status();
  (*namespaces)->setDefaultLimits(invocationLimits(options));
  const auto signals = Signals::install();
  if (!signals.ok()) return signals.status();
  const auto made = newContainerFactory(options, *manifest, state_dir->path());
  if (!made.ok()) return made.status();

  const PoolConfig config = poolConfig(options, *manifest);
  auto pool = Pool::create(config);
  if (!pool.ok()) return pool.status();

  // Once nothing speaks against the start any more: a key is shown only once.
  const auto new_key = (*namespaces)->ensureGuest(state_dir->path() + "/key");
  if (!new_key.ok()) return new_key.status();
  if (*new_key) showKey(**new_key);
  log(LogLevel::Info, "starting",
      {{"state_dir", state_dir->path()}, {"runtimes", options.runtimes_file},
       {"kinds", manifest->kindNames()}});
  Daemon daemon(options, config, *std::move(pool),
                {*manifest, **namespaces, *store, *made->factory, *signals, manager,
                 state_dir->path(), read_again, made->engine, made->gateway});
  auto status = daemon.run();
  if (status.ok()) log(LogLevel::Info, "stopped");
  return status;
}

}  // namespace owpool::daemon
