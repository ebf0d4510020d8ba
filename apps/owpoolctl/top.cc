#include <unistd.h>

#include <cstdio>
#include <limits>

#include "fmt/format.h"
#include "owpoolctl/commands.h"

namespace owpool::ctl {
namespace {

constexpr Duration kInterval = std::chrono::seconds(1);
// Who wants to leave is not kept waiting for a daemon that hangs.
constexpr Duration kTimeout = std::chrono::seconds(3);

absl::Status printOnce(const Session& session) {
  const auto stats = session.client.get("/stats");
  if (!stats.ok()) return stats.status();
  TerminalSize size = terminalSize();
  if (::isatty(STDOUT_FILENO) != 1) size.columns = std::numeric_limits<int>::max();
  size.rows = std::numeric_limits<int>::max();
  fmt::print("{}", frameText(*stats, size, session.style));
  return absl::OkStatus();
}

}  // namespace

absl::Status runTop(const Session& session) {
  if (session.arguments.has("once") || ::isatty(STDOUT_FILENO) != 1 ||
      ::isatty(STDIN_FILENO) != 1) {
    return printOnce(session);
  }
  // Before the screen is taken, so that an error stays readable.
  auto stats = session.client.get("/stats", kTimeout);
  if (!stats.ok()) return stats.status();
  auto screen = FullScreen::open();
  if (!screen.ok()) return screen.status();
  auto woken = FullScreen::Woken::Time;
  while (stats.ok() && woken != FullScreen::Woken::Quit) {
    screen->show(frameText(*stats, terminalSize(), session.style));
    woken = screen->wait(kInterval);
    if (woken == FullScreen::Woken::Time) stats = session.client.get("/stats", kTimeout);
  }
  return stats.status();
}

}  // namespace owpool::ctl
