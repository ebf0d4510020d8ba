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

constexpr char kSignalled = 's';
constexpr char kStop = 'q';

// A signal handler reaches nothing but globals.
std::atomic<int> g_write_fd{-1};

void writeByte(char byte) {
  const int saved_errno = errno;
  // The pipe is full only if thousands of signals wait already.
  [[maybe_unused]] const ssize_t ignored = ::write(g_write_fd.load(), &byte, 1);
  errno = saved_errno;
}

void onSignal(int) { writeByte(kSignalled); }

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
  setHandler(SIGTERM, onSignal);
  setHandler(SIGINT, onSignal);
  setHandler(SIGPIPE, SIG_IGN);
  return Signals(fds[0]);
}

Signals::Signals(Signals&& other) noexcept : read_fd_(std::exchange(other.read_fd_, -1)) {}

Signals::~Signals() {
  if (read_fd_ < 0) return;
  setHandler(SIGTERM, SIG_DFL);
  setHandler(SIGINT, SIG_DFL);
  ::close(g_write_fd.exchange(-1));
  ::close(read_fd_);
}

bool Signals::wait() const {
  // poll() ends with a signal, whatever SA_RESTART says. A read() that goes on would
  // keep ThreadSanitizer, which runs handlers only between calls, from running ours.
  pollfd readable{read_fd_, POLLIN, 0};
  while (::poll(&readable, 1, -1) < 0 && errno == EINTR) {
  }
  char byte = kStop;
  [[maybe_unused]] const ssize_t ignored = ::read(read_fd_, &byte, 1);
  return byte == kSignalled;
}

void Signals::stopWaiting() const { writeByte(kStop); }

}  // namespace owpool::daemon
