#include "owpoold/operation/monitor.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace owpool::daemon {
namespace {

constexpr Duration kInterval = std::chrono::seconds(2);
constexpr Duration kSilenceMax = std::chrono::seconds(30);

std::int64_t nowNanos() {
  return std::chrono::nanoseconds(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace

Monitor::Monitor(Deps deps, std::vector<Check> checks)
    : deps_(std::move(deps)),
      checks_(std::move(checks)),
      // Twice in the watchdog's time, as sd_watchdog_enabled(3) asks, and once to spare.
      interval_(std::min(kInterval, deps_.manager.watchdog().value_or(3 * kInterval) / 3)) {
  makeChecks();
}

void Monitor::start() {
  thread_ = std::thread([this] { run(); });
}

Monitor::~Monitor() { stop(); }

void Monitor::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stop_requested_.notify_all();
  if (thread_.joinable()) thread_.join();
}

double Monitor::lastTurn() const { return static_cast<double>(turned_unix_millis_) / 1000; }

std::vector<HealthBoard::Entry> Monitor::checks() const {
  const Duration silence(nowNanos() - turned_nanos_);
  return {{"monitor", HealthBoard::Probe::Live,
           silence > kSilenceMax ? "the daemon does not look after itself any more" : ""}};
}

void Monitor::makeChecks() {
  for (const Check& check : checks_) deps_.board.set(check.name, check.problem());
  turned_nanos_ = nowNanos();
  turned_unix_millis_ = std::chrono::duration_cast<std::chrono::milliseconds>(
                            std::chrono::system_clock::now().time_since_epoch())
                            .count();
}

void Monitor::tellWatchdog() {
  if (deps_.manager.watchdog() && deps_.board.isLive() && deps_.server_answers()) {
    deps_.manager.tell("WATCHDOG=1");
  }
}

void Monitor::run() {
  std::unique_lock lock(mutex_);
  while (!stop_requested_.wait_for(lock, interval_, [&] { return stopping_; })) {
    lock.unlock();
    makeChecks();
    tellWatchdog();
    lock.lock();
  }
}

}  // namespace owpool::daemon
