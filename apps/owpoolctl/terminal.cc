#include "owpoolctl/terminal.h"

#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <string_view>
#include <utility>

#include "absl/status/status.h"

namespace owpool::ctl {
namespace {

// The alternate screen, without a cursor; and back.
constexpr std::string_view kEnter = "\x1B[?1049h\x1B[?25l";
constexpr std::string_view kLeave = "\x1B[?25h\x1B[?1049l";

constexpr std::array kEnding = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};

// A signal handler reaches nothing but globals. The signals are blocked but for the time
// of a wait, so that none is missed.
volatile sig_atomic_t g_is_ended = 0;
volatile sig_atomic_t g_is_resized = 0;

void onSignal(int number) {
  if (number == SIGWINCH) {
    g_is_resized = 1;
  } else {
    g_is_ended = 1;
  }
}

sigset_t caughtSignals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int number : kEnding) sigaddset(&set, number);
  sigaddset(&set, SIGWINCH);
  return set;
}

void setHandlers(void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  for (const int number : kEnding) ::sigaction(number, &action, nullptr);
  ::sigaction(SIGWINCH, &action, nullptr);
}

// A terminal that is gone is noticed by wait().
void write(std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = ::write(STDOUT_FILENO, text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return;
    text.remove_prefix(static_cast<std::size_t>(n));
  }
}

}  // namespace

TerminalSize terminalSize() {
  winsize size{};
  TerminalSize result;
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0) return result;
  if (size.ws_col > 0) result.columns = size.ws_col;
  if (size.ws_row > 0) result.rows = size.ws_row;
  return result;
}

absl::StatusOr<FullScreen> FullScreen::open() {
  termios before{};
  if (::isatty(STDOUT_FILENO) != 1 || ::tcgetattr(STDIN_FILENO, &before) != 0) {
    return absl::FailedPreconditionError("standard input and output must be a terminal");
  }
  const sigset_t set = caughtSignals();
  ::sigprocmask(SIG_BLOCK, &set, nullptr);
  setHandlers(onSignal);
  termios raw = before;
  raw.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
  raw.c_cc[VMIN] = 1;
  raw.c_cc[VTIME] = 0;
  raw.c_cc[VSUSP] = _POSIX_VDISABLE;  // Who stops it would be left with this terminal.
  ::tcsetattr(STDIN_FILENO, TCSANOW, &raw);
  write(kEnter);
  return FullScreen(before);
}

FullScreen::FullScreen(FullScreen&& other) noexcept
    : before_(other.before_), is_open_(std::exchange(other.is_open_, false)) {}

FullScreen::~FullScreen() {
  if (!is_open_) return;
  write(kLeave);
  ::tcsetattr(STDIN_FILENO, TCSANOW, &before_);
  setHandlers(SIG_DFL);
  const sigset_t set = caughtSignals();
  // One that is pending has had its effect already.
  if (g_is_ended != 0) setHandlers(SIG_IGN);
  ::sigprocmask(SIG_UNBLOCK, &set, nullptr);
}

void FullScreen::show(const std::string& frame) {
  // Line by line over what is there, which flickers less than an empty screen.
  std::string text = "\x1B[H";
  for (std::size_t from = 0; from < frame.size();) {
    const std::size_t end = std::min(frame.find('\n', from), frame.size());
    text += (from == 0 ? "" : "\r\n") + frame.substr(from, end - from) + "\x1B[K";
    from = end + 1;
  }
  write(text + "\x1B[J");
}

FullScreen::Woken FullScreen::wait(Duration timeout) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  sigset_t during;
  sigprocmask(SIG_SETMASK, nullptr, &during);
  for (const int number : kEnding) sigdelset(&during, number);
  sigdelset(&during, SIGWINCH);
  for (;;) {
    const auto left = std::max<Duration>(Duration(0), deadline - std::chrono::steady_clock::now());
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(left);
    const timespec time{static_cast<time_t>(seconds.count()),
                        static_cast<long>((left - seconds).count())};
    pollfd input{STDIN_FILENO, POLLIN, 0};
    const int ready = ::ppoll(&input, 1, &time, &during);
    if (g_is_ended != 0) return Woken::Quit;
    if (std::exchange(g_is_resized, 0) != 0) return Woken::Resized;
    if (ready == 0) return Woken::Time;
    if (ready < 0) continue;
    char key = 0;
    if (::read(STDIN_FILENO, &key, 1) <= 0 || key == 'q' || key == 'Q') return Woken::Quit;
  }
}

}  // namespace owpool::ctl
