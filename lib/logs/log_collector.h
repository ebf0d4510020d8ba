// What a container writes to stdout and stderr, as it comes: kept within bounds until
// its activation's log is asked for.
#ifndef OWPOOL_LIB_LOGS_LOG_COLLECTOR_H_
#define OWPOOL_LIB_LOGS_LOG_COLLECTOR_H_

#include <array>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string_view>

#include "logs/line_splitter.h"
#include "logs/log_buffer.h"
#include "owpool/container_factory.h"

namespace owpool::logs {

std::int64_t unixNanos();

// Thread-safe.
class LogCollector {
 public:
  // "end_mark" is the line that a managed runtime writes when an activation has ended.
  explicit LogCollector(std::string_view end_mark);

  // Written to "stream"; "unix_nanos" dates the lines that it completes.
  void feed(LogStream stream, std::string_view bytes, std::int64_t unix_nanos);
  // Nothing more will come of it.
  void close(LogStream stream);

  // Around each /run, see LogBuffer. What was written before has to have been fed.
  void beginActivation(ByteSize limit, bool alone);
  void activationNotDelivered();

  // OpenWhisk's rules: it ends with both end marks, or if nothing has come for 2 s,
  // or after twice max(5, the limit in MB) seconds, or at the end of both streams.
  ActivationLogs collect(const LogRequest& request);

  // For logs that come with a delay and without an end mark: waits until nothing has come
  // for a tenth of a second or nothing will, at most a second.
  void settle();

  // Makes collect() and settle() return soon.
  void abort();

 private:
  using Clock = std::chrono::steady_clock;
  struct Source {
    LineSplitter splitter;
    bool open = true;
  };

  Source& source(LogStream stream) { return sources_[static_cast<std::size_t>(stream)]; }
  // REQUIRES: mutex_ is held.
  void flush(LogStream stream, std::int64_t unix_nanos);
  bool anythingToCome() const { return !aborted_ && (sources_[0].open || sources_[1].open); }
  void waitForEnd(std::unique_lock<std::mutex>& lock, ByteSize limit);

  std::mutex mutex_;
  std::condition_variable changed_;
  std::array<Source, 2> sources_;
  LogBuffer buffer_;
  Clock::time_point last_fed_{};
  bool aborted_ = false;
};

}  // namespace owpool::logs

#endif  // OWPOOL_LIB_LOGS_LOG_COLLECTOR_H_
