// A socket with a buffer and one absolute deadline: however slowly the other side
// dribbles, every call returns by then.
#ifndef OWPOOL_HTTP_CONNECTION_H_
#define OWPOOL_HTTP_CONNECTION_H_

#include <atomic>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include "owpool/units.h"

namespace owpool::http {

using Deadline = std::chrono::steady_clock::time_point;
// At most a year from now, so that no sum overflows.
Deadline deadlineAfter(Duration duration);

enum class IoStatus {
  Ok,
  Closed,    // By the other side, in good order.
  Lost,      // Reset, or another error.
  TimedOut,  // The deadline is over.
  Aborted,   // The flag was set.
};

// Waits until one of "events" (poll's) is ready; "ready" gets which. Unlike
// cpp-httplib, which uses select(), it copes with descriptors above 1023.
// "abort", if not null, is looked at every "abort_interval".
inline constexpr std::chrono::milliseconds kAbortInterval{20};
IoStatus waitFor(int fd, short events, Deadline deadline, const std::atomic<bool>* abort,
                 short* ready = nullptr,
                 std::chrono::milliseconds abort_interval = kAbortInterval);

// Does not own the socket. One thread at a time.
class Connection {
 public:
  // "abort" may be null. Makes the socket non-blocking.
  Connection(int fd, const std::atomic<bool>* abort);

  void setDeadline(Deadline deadline) { deadline_ = deadline; }
  void setAbortInterval(std::chrono::milliseconds interval) { abort_interval_ = interval; }

  // Received and not consumed yet. Valid until fill() or consume().
  std::string_view buffered() const { return std::string_view(buffer_).substr(consumed_); }
  void consume(std::size_t count);  // REQUIRES: count <= buffered().size().

  // Adds at least one byte to buffered().
  IoStatus fill();

  // All of "data". With "until_answered" it is Ok too if the other side sends something
  // while it does not read on: a client is better served by that answer.
  IoStatus write(std::string_view data, bool until_answered = false);

 private:
  int fd_;
  const std::atomic<bool>* abort_;
  Deadline deadline_{};
  std::chrono::milliseconds abort_interval_ = kAbortInterval;
  std::string buffer_;
  std::size_t consumed_ = 0;
};

}  // namespace owpool::http

#endif  // OWPOOL_HTTP_CONNECTION_H_
