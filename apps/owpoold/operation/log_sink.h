#ifndef OWPOOLD_OPERATION_LOG_SINK_H_
#define OWPOOLD_OPERATION_LOG_SINK_H_

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

#include "owpool/units.h"

namespace owpool::daemon {

// Writes lines to a descriptor, each whole, so that lines of several threads do not mix.
// If it is a pipe, a socket or a terminal whose reader does not keep up, a line waits a
// little and is then dropped and counted; while it stays so the next ones do not wait at
// all. The first line that gets through again is preceded by one that tells how many
// were dropped. Thread-safe.
class LogSink {
 public:
  // "dropped_line" makes that line, with its line end. The descriptor is not closed, and
  // its flags are left as they are: others may share it.
  LogSink(int fd, std::function<std::string(std::uint64_t count)> dropped_line,
          Duration patience = std::chrono::milliseconds(100));

  // "line" ends with a line feed.
  void write(std::string_view line);

  std::uint64_t dropped() const { return dropped_; }

 private:
  // How much was written by "deadline".
  std::size_t writeUntil(std::string_view text, std::chrono::steady_clock::time_point deadline);

  const int fd_;
  const std::function<std::string(std::uint64_t)> dropped_line_;
  const Duration patience_;
  bool is_socket_ = false;
  std::atomic<std::uint64_t> dropped_{0};
  std::mutex mutex_;
  std::uint64_t untold_ = 0;  // Dropped since the last line that got through.
  bool in_line_ = false;      // A line was cut: its end did not fit any more.
};

}  // namespace owpool::daemon

#endif  // OWPOOLD_OPERATION_LOG_SINK_H_
