#include "process/output.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <string_view>
#include <utility>

#include "owpool/action_protocol.h"

namespace owpool::process {
namespace {

constexpr std::chrono::seconds kSilenceMax{2};
// Of one read(), so that one container's flood does not keep the others waiting.
constexpr std::size_t kReadMax = 256 * 1024;

std::int64_t unixNanos() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::chrono::seconds collectionTimeMax(ByteSize limit) {
  const std::int64_t megabytes = limit.count() / (1024 * 1024);
  return std::chrono::seconds(2 * std::max<std::int64_t>(5, megabytes));
}

}  // namespace

ContainerOutput::ContainerOutput(UniqueFd stdout_pipe, UniqueFd stderr_pipe)
    : sources_{Source{std::move(stdout_pipe), LineSplitter(kLogSentinel)},
               Source{std::move(stderr_pipe), LineSplitter(kLogSentinel)}},
      buffer_(kLogSentinel) {}

bool ContainerOutput::read(LogStream stream) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const bool open = readLocked(stream);
  changed_.notify_all();
  return open;
}

bool ContainerOutput::readLocked(LogStream stream) {
  Source& from = sources_[static_cast<std::size_t>(stream)];
  std::array<char, 16384> bytes;
  for (std::size_t total = 0; from.open && total < kReadMax;) {
    const ssize_t count = ::read(from.pipe.get(), bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) break;
    const std::int64_t now = unixNanos();
    last_read_ = Clock::now();
    if (count > 0) {
      total += static_cast<std::size_t>(count);
      for (std::string& line :
           from.splitter.feed(std::string_view(bytes.data(), static_cast<std::size_t>(count)))) {
        buffer_.add(LogLine{now, stream, std::move(line)});
      }
      continue;
    }
    from.open = false;
    if (auto rest = from.splitter.flush()) buffer_.add(LogLine{now, stream, *std::move(rest)});
  }
  return from.open;
}

void ContainerOutput::beginActivation(ByteSize limit, bool alone) {
  const std::lock_guard<std::mutex> lock(mutex_);
  // What is in the pipes now was written before.
  readLocked(LogStream::Stdout);
  readLocked(LogStream::Stderr);
  buffer_.beginActivation(limit, alone);
}

void ContainerOutput::activationNotDelivered() {
  const std::lock_guard<std::mutex> lock(mutex_);
  buffer_.activationNotDelivered();
}

ActivationLogs ContainerOutput::collect(const LogRequest& request) {
  std::unique_lock<std::mutex> lock(mutex_);
  readLocked(LogStream::Stdout);
  readLocked(LogStream::Stderr);
  if (request.wait_for_end) waitForEnd(lock, request.limit);
  if (!request.wait_for_end || !buffer_.ended()) flushLocked();
  return buffer_.take(request, unixNanos());
}

void ContainerOutput::waitForEnd(std::unique_lock<std::mutex>& lock, ByteSize limit) {
  const Clock::time_point start = Clock::now();
  const Clock::time_point end = start + collectionTimeMax(limit);
  while (!buffer_.ended() && !aborted_ && (sources_[0].open || sources_[1].open)) {
    const Clock::time_point until = std::min(std::max(start, last_read_) + kSilenceMax, end);
    const Clock::time_point now = Clock::now();
    if (now >= until) return;
    changed_.wait_for(lock, until - now);
  }
}

void ContainerOutput::flushLocked() {
  for (const LogStream stream : {LogStream::Stdout, LogStream::Stderr}) {
    Source& from = sources_[static_cast<std::size_t>(stream)];
    if (auto rest = from.splitter.flush()) {
      buffer_.add(LogLine{unixNanos(), stream, *std::move(rest)});
    }
  }
}

void ContainerOutput::abort() {
  const std::lock_guard<std::mutex> lock(mutex_);
  aborted_ = true;
  changed_.notify_all();
}

}  // namespace owpool::process
