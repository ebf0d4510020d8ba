#include "http/connection.h"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>

namespace owpool::http {
namespace {

constexpr std::size_t kReceiveSize = 16384;

bool mustWait() { return errno == EAGAIN || errno == EWOULDBLOCK; }

}  // namespace

Deadline deadlineAfter(Duration duration) {
  const Duration bounded = std::min<Duration>(duration, std::chrono::hours(24 * 365));
  return std::chrono::steady_clock::now() + bounded;
}

IoStatus waitFor(int fd, short events, Deadline deadline, const std::atomic<bool>* abort,
                 short* ready, std::chrono::milliseconds abort_interval) {
  constexpr std::chrono::milliseconds kSliceMax = std::chrono::hours(1);
  for (;;) {
    if (abort != nullptr && abort->load()) return IoStatus::Aborted;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(
        deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) return IoStatus::TimedOut;
    const auto slice = std::min(left, abort != nullptr ? abort_interval : kSliceMax);
    pollfd polled{fd, events, 0};
    const int count = ::poll(&polled, 1, static_cast<int>(slice.count()));
    if (count < 0 && errno != EINTR) return IoStatus::Lost;
    if (count > 0) {
      if (ready != nullptr) *ready = polled.revents;
      return IoStatus::Ok;
    }
  }
}

Connection::Connection(int fd, const std::atomic<bool>* abort) : fd_(fd), abort_(abort) {
  ::fcntl(fd_, F_SETFL, ::fcntl(fd_, F_GETFL) | O_NONBLOCK);
}

void Connection::consume(std::size_t count) {
  consumed_ += count;
  if (consumed_ == buffer_.size()) {
    buffer_.clear();
    consumed_ = 0;
  }
}

IoStatus Connection::fill() {
  if (consumed_ > 0) {
    buffer_.erase(0, consumed_);
    consumed_ = 0;
  }
  for (;;) {
    // Even if there is something to read: a sender that never pauses is cut off too.
    const IoStatus status = waitFor(fd_, POLLIN, deadline_, abort_, nullptr, abort_interval_);
    if (status != IoStatus::Ok) return status;
    const std::size_t size = buffer_.size();
    buffer_.resize(size + kReceiveSize);
    const ssize_t received = ::recv(fd_, buffer_.data() + size, kReceiveSize, 0);
    buffer_.resize(size + static_cast<std::size_t>(std::max<ssize_t>(received, 0)));
    if (received > 0) return IoStatus::Ok;
    if (received == 0) return IoStatus::Closed;
    if (!mustWait() && errno != EINTR) return IoStatus::Lost;
  }
}

IoStatus Connection::write(std::string_view data, bool until_answered) {
  while (!data.empty()) {
    const ssize_t sent = ::send(fd_, data.data(), data.size(), MSG_NOSIGNAL);
    if (sent >= 0) {
      data.remove_prefix(static_cast<std::size_t>(sent));
      continue;
    }
    if (errno == EINTR) continue;
    if (!mustWait()) return IoStatus::Lost;
    short ready = 0;
    const short events = until_answered ? POLLIN | POLLOUT : POLLOUT;
    const IoStatus status = waitFor(fd_, events, deadline_, abort_, &ready);
    if (status != IoStatus::Ok) return status;
    if ((ready & POLLOUT) == 0 && (ready & POLLIN) != 0) return IoStatus::Ok;
  }
  return IoStatus::Ok;
}

}  // namespace owpool::http
