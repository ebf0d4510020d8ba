#include "owpoold/operation/signals.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <utility>

#include "absl/status/status.h"

namespace owpool::daemon {
namespace {

constexpr int kWaitedFor[] = {SIGTERM, SIGINT, SIGHUP, SIGUSR1};
constexpr char kStop = 0;  // No signal's number.

// A signal handler reaches nothing but globals.
std::atomic<int> g_write_fd{-1};

void writeByte(char byte) {
  const int saved_errno = errno;
  // The pipe is full only if thousands of signals wait already.
  [[maybe_unused]] const ssize_t ignored = ::write(g_write_fd.load(), &byte, 1);
  errno = saved_errno;
}

void onSignal(int signal_number) { writeByte(static_cast<char>(signal_number)); }

void setHandler(int signal_number, void (*handler)(int)) {
  struct sigaction action = {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  ::sigaction(signal_number, &action, nullptr);
}

}  // namespace

absl::StatusOr<Signals> Signals::install() {
  int fds[2];
  if (::pipe2(fds, O_CLOEXEC) != 0) return absl::InternalError("cannot make a pipe");
  ::fcntl(fds[1], F_SETFL, O_NONBLOCK);
  g_write_fd = fds[1];
  for (const int number : kWaitedFor) setHandler(number, onSignal);
  setHandler(SIGPIPE, SIG_IGN);
  setHandler(SIGXFSZ, SIG_IGN);
  return Signals(fds[0]);
}

Signals::Signals(Signals&& other) noexcept : read_fd_(std::exchange(other.read_fd_, -1)) {}

Signals::~Signals() {
  if (read_fd_ < 0) return;
  for (const int number : kWaitedFor) setHandler(number, SIG_DFL);
  ::close(g_write_fd.exchange(-1));
  ::close(read_fd_);
}

std::optional<int> Signals::wait() const {
  // poll() ends with a signal, whatever SA_RESTART says. A read() that goes on would
  // keep ThreadSanitizer, which runs handlers only between calls, from running ours.
  pollfd readable{read_fd_, POLLIN, 0};
  while (::poll(&readable, 1, -1) < 0 && errno == EINTR) {
  }
  char byte = kStop;
  [[maybe_unused]] const ssize_t ignored = ::read(read_fd_, &byte, 1);
  if (byte == kStop) return std::nullopt;
  return byte;
}

void Signals::stopWaiting() const { writeByte(kStop); }

bool isEnding(int signal_number) { return signal_number == SIGTERM || signal_number == SIGINT; }

std::string_view signalName(int signal_number) {
  switch (signal_number) {
    case SIGTERM: return "SIGTERM";
    case SIGINT: return "SIGINT";
    case SIGHUP: return "SIGHUP";
    case SIGUSR1: return "SIGUSR1";
    default: return "?";
  }
}

}  // namespace owpool::daemon
