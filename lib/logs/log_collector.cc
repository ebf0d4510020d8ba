#include "logs/log_collector.h"

#include <algorithm>
#include <string>
#include <utility>

namespace owpool::logs {
namespace {

constexpr std::chrono::seconds kSilenceMax{2};
constexpr std::chrono::milliseconds kSettleSilence{100};
constexpr std::chrono::seconds kSettleMax{1};

std::chrono::seconds collectionTimeMax(ByteSize limit) {
  const std::int64_t megabytes = limit.count() / (1024 * 1024);
  return std::chrono::seconds(2 * std::max<std::int64_t>(5, megabytes));
}

}  // namespace

std::int64_t unixNanos() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

LogCollector::LogCollector(std::string_view end_mark)
    : sources_{Source{LineSplitter(end_mark)}, Source{LineSplitter(end_mark)}},
      buffer_(end_mark) {}

void LogCollector::feed(LogStream stream, std::string_view bytes, std::int64_t unix_nanos) {
  const std::lock_guard<std::mutex> lock(mutex_);
  last_fed_ = Clock::now();
  for (std::string& line : source(stream).splitter.feed(bytes)) {
    buffer_.add(LogLine{unix_nanos, stream, std::move(line)});
  }
  changed_.notify_all();
}

void LogCollector::close(LogStream stream) {
  const std::lock_guard<std::mutex> lock(mutex_);
  source(stream).open = false;
  flush(stream, unixNanos());
  changed_.notify_all();
}

void LogCollector::flush(LogStream stream, std::int64_t unix_nanos) {
  if (auto rest = source(stream).splitter.flush()) {
    buffer_.add(LogLine{unix_nanos, stream, *std::move(rest)});
  }
}

void LogCollector::beginActivation(ByteSize limit, bool alone) {
  const std::lock_guard<std::mutex> lock(mutex_);
  buffer_.beginActivation(limit, alone);
}

void LogCollector::activationNotDelivered() {
  const std::lock_guard<std::mutex> lock(mutex_);
  buffer_.activationNotDelivered();
}

ActivationLogs LogCollector::collect(const LogRequest& request) {
  std::unique_lock<std::mutex> lock(mutex_);
  if (request.wait_for_end) waitForEnd(lock, request.limit);
  if (!request.wait_for_end || !buffer_.ended()) {
    flush(LogStream::Stdout, unixNanos());
    flush(LogStream::Stderr, unixNanos());
  }
  return buffer_.take(request, unixNanos());
}

void LogCollector::waitForEnd(std::unique_lock<std::mutex>& lock, ByteSize limit) {
  const Clock::time_point start = Clock::now();
  const Clock::time_point end = start + collectionTimeMax(limit);
  while (!buffer_.ended() && anythingToCome()) {
    const Clock::time_point until = std::min(std::max(start, last_fed_) + kSilenceMax, end);
    const Clock::time_point now = Clock::now();
    if (now >= until) return;
    changed_.wait_for(lock, until - now);
  }
}

void LogCollector::settle() {
  std::unique_lock<std::mutex> lock(mutex_);
  const Clock::time_point start = Clock::now();
  while (anythingToCome()) {
    const auto until = std::min(std::max(start, last_fed_) + kSettleSilence, start + kSettleMax);
    const Clock::time_point now = Clock::now();
    if (now >= until) return;
    changed_.wait_for(lock, until - now);
  }
}

void LogCollector::abort() {
  const std::lock_guard<std::mutex> lock(mutex_);
  aborted_ = true;
  changed_.notify_all();
}

}  // namespace owpool::logs
