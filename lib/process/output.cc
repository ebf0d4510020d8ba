#include "process/output.h"

#include <unistd.h>

#include <cerrno>
#include <string_view>
#include <utility>

#include "owpool/action_protocol.h"

namespace owpool::process {
namespace {

// Of one read(), so that one container's flood does not keep the others waiting.
constexpr std::size_t kReadMax = 256 * 1024;

}  // namespace

ContainerOutput::ContainerOutput(os::UniqueFd stdout_pipe, os::UniqueFd stderr_pipe)
    : pipes_{Pipe{std::move(stdout_pipe)}, Pipe{std::move(stderr_pipe)}},
      collector_(kLogSentinel) {}

bool ContainerOutput::read(LogStream stream) {
  const std::lock_guard<std::mutex> lock(mutex_);
  return readLocked(stream);
}

bool ContainerOutput::readLocked(LogStream stream) {
  Pipe& pipe = pipes_[static_cast<std::size_t>(stream)];
  std::array<char, 16384> bytes;
  for (std::size_t total = 0; pipe.open && total < kReadMax;) {
    const ssize_t count = ::read(pipe.fd.get(), bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) break;
    if (count > 0) {
      total += static_cast<std::size_t>(count);
      collector_.feed(stream, std::string_view(bytes.data(), static_cast<std::size_t>(count)),
                      logs::unixNanos());
      continue;
    }
    pipe.open = false;
    collector_.close(stream);
  }
  return pipe.open;
}

void ContainerOutput::beginActivation(ByteSize limit, bool alone) {
  const std::lock_guard<std::mutex> lock(mutex_);
  // What is in the pipes now was written before.
  readLocked(LogStream::Stdout);
  readLocked(LogStream::Stderr);
  collector_.beginActivation(limit, alone);
}

ActivationLogs ContainerOutput::collect(const LogRequest& request) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    readLocked(LogStream::Stdout);
    readLocked(LogStream::Stderr);
  }
  return collector_.collect(request);
}

}  // namespace owpool::process
