// The pipes of a container's stdout and stderr: read all the time, so that it never
// blocks on us.
#ifndef OWPOOL_LIB_PROCESS_OUTPUT_H_
#define OWPOOL_LIB_PROCESS_OUTPUT_H_

#include <array>
#include <mutex>

#include "logs/log_collector.h"
#include "os/unique_fd.h"
#include "owpool/container_factory.h"

namespace owpool::process {

// Thread-safe.
class ContainerOutput {
 public:
  // The reading ends of the container's pipes, non-blocking.
  ContainerOutput(os::UniqueFd stdout_pipe, os::UniqueFd stderr_pipe);

  int descriptor(LogStream stream) const {
    return pipes_[static_cast<std::size_t>(stream)].fd.get();
  }

  // Reads what is there, within a bound. False iff nothing will come any more.
  bool read(LogStream stream);

  // As LogCollector's.
  void beginActivation(ByteSize limit, bool alone);
  void activationNotDelivered() { collector_.activationNotDelivered(); }
  ActivationLogs collect(const LogRequest& request);
  void abort() { collector_.abort(); }

 private:
  struct Pipe {
    os::UniqueFd fd;
    bool open = true;
  };

  // REQUIRES: mutex_ is held.
  bool readLocked(LogStream stream);

  std::mutex mutex_;
  std::array<Pipe, 2> pipes_;
  logs::LogCollector collector_;
};

}  // namespace owpool::process

#endif  // OWPOOL_LIB_PROCESS_OUTPUT_H_
