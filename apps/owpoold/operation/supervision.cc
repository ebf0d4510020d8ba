#include "owpoold/operation/supervision.h"

#include <signal.h>

#include <chrono>
#include <cstdlib>
#include <future>
#include <thread>

#include "fmt/format.h"
#include "owpoold/operation/log.h"
#include "owpoold/operation/state_dump.h"

namespace owpool::daemon {
namespace {

// Clients have this long to take the last answers.
constexpr std::chrono::seconds kLastAnswers{10};
// Beyond drain_timeout: containers are removed, the last answers are taken.
constexpr std::chrono::seconds kStopGrace{90};

std::string secondsText(Duration duration) {
  return fmt::format("{:g}s", std::chrono::duration<double>(duration).count());
}

// No container is left and every record is written: nothing else is worth waiting for.
[[noreturn]] void endNow() { std::_Exit(EXIT_SUCCESS); }

}  // namespace

void Supervision::run() {
  deps_.manager.ready(deps_.status);
  for (;;) {
    const int number = deps_.signals.wait().value_or(SIGTERM);
    if (isEnding(number)) return drain(number);
    if (number == SIGUSR1) dumpState(deps_.driver);
    if (number == SIGHUP) {
      deps_.manager.reloading();
      deps_.reload();
      deps_.manager.ready(deps_.status);
    }
  }
}

void Supervision::drain(int signal_number) {
  const Duration timeout = deps_.drain_timeout();
  log(LogLevel::Info, "shutting down; a second signal does not wait for what runs",
      {{"signal", signalName(signal_number)}, {"drain_timeout", secondsText(timeout)}});
  deps_.board.set("shutdown", "the daemon is shutting down");
  deps_.manager.stopping(timeout + kStopGrace);
  deps_.server.closeAfterAnswers();
  deps_.driver.beginShutDown(timeout);
  std::thread heed([this] { heedSignalsOfDrain(); });
  deps_.driver.shutDown(timeout);
  stopServer();
  deps_.signals.stopWaiting();
  heed.join();
}

void Supervision::heedSignalsOfDrain() {
  while (const auto number = deps_.signals.wait()) {
    if (*number == SIGUSR1) dumpState(deps_.driver);
    if (*number == SIGHUP) {
      log(LogLevel::Warning, "nothing is reloaded while shutting down", {{"signal", "SIGHUP"}});
    }
    if (!isEnding(*number)) continue;
    log(LogLevel::Warning, "second signal: what runs is ended", {{"signal", signalName(*number)}});
    deps_.driver.shutDown(Duration::zero());
    log(LogLevel::Info, "stopped at once");
    endNow();
  }
}

void Supervision::stopServer() {
  auto stopped = std::async(std::launch::async, [this] { deps_.server.stop(); });
  if (stopped.wait_for(kLastAnswers) == std::future_status::ready) return;
  log(LogLevel::Warning, "stopped, although clients have not taken their answers");
  endNow();
}

}  // namespace owpool::daemon
