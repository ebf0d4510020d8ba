// What a container writes to stdout and stderr: read all the time, so that it never
// blocks on us, and kept within bounds until its activation's log is asked for.
#ifndef OWPOOL_LIB_PROCESS_OUTPUT_H_
#define OWPOOL_LIB_PROCESS_OUTPUT_H_

#include <array>
#include <chrono>
#include <condition_variable>
#include <mutex>

#include "owpool/container_factory.h"
#include "process/line_splitter.h"
#include "process/log_buffer.h"
#include "process/unique_fd.h"

namespace owpool::process {

// Thread-safe.
class ContainerOutput {
 public:
  // The reading ends of the container's pipes, non-blocking.
  ContainerOutput(UniqueFd stdout_pipe, UniqueFd stderr_pipe);

  int descriptor(LogStream stream) const { return source(stream).pipe.get(); }

  // Reads what is there, within a bound. False iff nothing will come any more.
  bool read(LogStream stream);

  // Around each /run, see LogBuffer.
  void beginActivation(ByteSize limit, bool alone);
  void activationNotDelivered();

  // OpenWhisk's rules: it ends with both end marks, or if nothing has come for 2 s,
  // or after twice max(5, the limit in MB) seconds, or at the end of both streams.
  ActivationLogs collect(const LogRequest& request);

  // Makes collect() return soon.
  void abort();

 private:
  using Clock = std::chrono::steady_clock;
  struct Source {
    UniqueFd pipe;
    LineSplitter splitter;
    bool open = true;
  };

  const Source& source(LogStream stream) const {
    return sources_[static_cast<std::size_t>(stream)];
  }
  // REQUIRES: mutex_ is held.
  bool readLocked(LogStream stream);
  void flushLocked();
  void waitForEnd(std::unique_lock<std::mutex>& lock, ByteSize limit);

  std::mutex mutex_;
  std::condition_variable changed_;
  std::array<Source, 2> sources_;
  LogBuffer buffer_;
  Clock::time_point last_read_{};
  bool aborted_ = false;
};

}  // namespace owpool::process

#endif  // OWPOOL_LIB_PROCESS_OUTPUT_H_
