#include "owpoold/access/invocation_throttle.h"

#include "fmt/format.h"

namespace owpool::daemon {

std::string Throttled::message() const {
  return limit == Limit::PerMinute
             ? fmt::format("Too many requests in the last minute (count: {}, allowed: {}).", count,
                           allowed)
             : fmt::format("Too many concurrent requests in flight (count: {}, allowed: {}).",
                           count, allowed);
}

void InvocationThrottle::Slot::release() {
  if (throttle_ == nullptr) return;
  {
    std::lock_guard lock(throttle_->mutex_);
    --throttle_->concurrent_;
  }
  throttle_.reset();
}

std::variant<InvocationThrottle::Slot, Throttled> InvocationThrottle::admit(
    const InvocationLimits& limits, std::int64_t unix_millis) {
  constexpr std::int64_t kMillisInMinute = 60000;
  std::lock_guard lock(mutex_);
  const std::int64_t minute = unix_millis / kMillisInMinute;
  if (minute != minute_) {
    minute_ = minute;
    in_minute_ = 0;
  }
  ++in_minute_;
  if (in_minute_ > limits.per_minute) {
    return Throttled{Throttled::Limit::PerMinute, in_minute_, limits.per_minute};
  }
  if (concurrent_ >= limits.concurrent) {
    return Throttled{Throttled::Limit::Concurrent, concurrent_, limits.concurrent};
  }
  ++concurrent_;
  return Slot(shared_from_this());
}

std::int64_t InvocationThrottle::concurrent() const {
  std::lock_guard lock(mutex_);
  return concurrent_;
}

}  // namespace owpool::daemon
