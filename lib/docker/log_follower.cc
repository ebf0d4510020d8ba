#include "docker/log_follower.h"

#include <algorithm>
#include <chrono>
#include <string_view>
#include <system_error>
#include <utility>

namespace owpool::docker {
namespace {

constexpr std::chrono::milliseconds kRetryMin{50};
constexpr std::chrono::milliseconds kRetryMax{2000};

}  // namespace

LogFollower::LogFollower(const Engine& engine, std::string id, logs::LogCollector& collector)
    : engine_(engine), id_(std::move(id)), collector_(collector) {}

LogFollower::~LogFollower() {
  stop();
  if (thread_.joinable()) thread_.join();
}

void LogFollower::start() {
  try {
    thread_ = std::thread([this] { loop(); });
  } catch (const std::system_error&) {
    // Then there are no logs, and collecting them does not wait.
    end();
  }
}

void LogFollower::stop() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopped_ = true;
  }
  stopped_changed_.notify_all();
}

void LogFollower::loop() {
  std::chrono::milliseconds retry = kRetryMin;
  bool follow = true;
  while (!stopped_) {
    Engine::LogsRequest request;
    request.id = id_;
    request.follow = follow;
    request.since_unix_nanos = last_unix_nanos_;
    request.silence_max = std::chrono::hours(24 * 365);
    repeated_ = read_at_last_;
    const std::int64_t before = last_unix_nanos_;
    request.on_frame = [&](LogFrame& frame) {
      onFrame(frame);
      return !stopped_;
    };
    const absl::Status status = engine_.logs(request, &stopped_);
    if (status.code() == absl::StatusCode::kNotFound || (status.ok() && !follow)) break;
    if (status.ok()) {
      // It ends when the container does, sometimes before what that wrote last.
      follow = false;
      continue;
    }
    if (last_unix_nanos_ != before) retry = kRetryMin;
    std::unique_lock<std::mutex> lock(mutex_);
    stopped_changed_.wait_for(lock, retry, [&] { return stopped_.load(); });
    retry = std::min(2 * retry, kRetryMax);
  }
  end();
}

void LogFollower::end() {
  collector_.close(LogStream::Stdout);
  collector_.close(LogStream::Stderr);
}

void LogFollower::onFrame(LogFrame& frame) {
  const auto stamped = splitTimestamp(frame.payload);
  if (!stamped) {
    collector_.feed(frame.stream, frame.payload, logs::unixNanos());
    return;
  }
  if (stamped->unix_nanos == last_unix_nanos_ && repeated_ > 0) {
    --repeated_;
    return;
  }
  repeated_ = 0;
  read_at_last_ = stamped->unix_nanos == last_unix_nanos_ ? read_at_last_ + 1 : 1;
  last_unix_nanos_ = stamped->unix_nanos;
  collector_.feed(frame.stream, stamped->text, stamped->unix_nanos);
}

}  // namespace owpool::docker
