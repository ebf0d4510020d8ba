#include "owpoold/operation/log_sink.h"

#include <limits.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace owpool::daemon {

LogSink::LogSink(int fd, std::function<std::string(std::uint64_t count)> dropped_line,
                 Duration patience)
    : fd_(fd), dropped_line_(std::move(dropped_line)), patience_(patience) {
  struct stat file {};
  is_socket_ = ::fstat(fd, &file) == 0 && S_ISSOCK(file.st_mode);
}

void LogSink::write(std::string_view line) {
  const std::lock_guard lock(mutex_);
  std::string text;
  if (in_line_) text = "\n";
  if (untold_ > 0) text += dropped_line_(untold_);
  text += line;
  const auto patience = untold_ > 0 ? Duration::zero() : patience_;
  const std::size_t written = writeUntil(text, std::chrono::steady_clock::now() + patience);
  if (written > 0) in_line_ = text[written - 1] != '\n';
  if (written == text.size()) {
    untold_ = 0;
  } else {
    ++untold_;
    ++dropped_;
  }
}

std::size_t LogSink::writeUntil(std::string_view text,
                                std::chrono::steady_clock::time_point deadline) {
  std::size_t done = 0;
  while (done < text.size()) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(
        deadline - std::chrono::steady_clock::now());
    pollfd writable{fd_, POLLOUT, 0};
    const int ready =
        ::poll(&writable, 1, static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) return done;
    // A pipe that is writable takes PIPE_BUF bytes without blocking, and no more for sure.
    const std::size_t size = std::min<std::size_t>(text.size() - done, PIPE_BUF);
    const ssize_t n = is_socket_
                          ? ::send(fd_, text.data() + done, size, MSG_DONTWAIT | MSG_NOSIGNAL)
                          : ::write(fd_, text.data() + done, size);
    if (n < 0 && errno != EINTR && errno != EAGAIN) return done;
    if (n > 0) done += static_cast<std::size_t>(n);
  }
  return done;
}

}  // namespace owpool::daemon
