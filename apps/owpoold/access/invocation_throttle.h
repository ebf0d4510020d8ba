// How many invocations a namespace may make.
#ifndef OWPOOLD_ACCESS_INVOCATION_THROTTLE_H_
#define OWPOOLD_ACCESS_INVOCATION_THROTTLE_H_

#include <cstdint>
#include <limits>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <variant>

namespace owpool::daemon {

// What is allowed. An invocation counts as concurrent from its acceptance to its
// end, whether somebody waits for it or not.
struct InvocationLimits {
  static constexpr std::int64_t kUnlimited = std::numeric_limits<std::int64_t>::max();
  std::int64_t concurrent = 1000;
  std::int64_t per_minute = kUnlimited;
  friend bool operator==(const InvocationLimits&, const InvocationLimits&) = default;
};

// Why an invocation is not allowed now. As with OpenWhisk, "count" has the refused
// one in it for PerMinute, and has not for Concurrent.
struct Throttled {
  enum class Limit { Concurrent, PerMinute };
  Limit limit;
  std::int64_t count;
  std::int64_t allowed;
  std::string message() const;  // OpenWhisk's.
};

// The counts of one namespace. Pure but for its lock: thread-safe, the time is told.
class InvocationThrottle : public std::enable_shared_from_this<InvocationThrottle> {
 public:
  static std::shared_ptr<InvocationThrottle> create() {
    return std::shared_ptr<InvocationThrottle>(new InvocationThrottle);
  }

  // One allowed invocation; it has ended when this goes.
  class Slot {
   public:
    Slot() = default;  // Of none.
    ~Slot() { release(); }
    Slot(Slot&& other) noexcept = default;
    Slot& operator=(Slot&& other) noexcept {
      release();
      throttle_ = std::move(other.throttle_);
      return *this;
    }
    void release();

   private:
    friend class InvocationThrottle;
    explicit Slot(std::shared_ptr<InvocationThrottle> throttle) : throttle_(std::move(throttle)) {}
    std::shared_ptr<InvocationThrottle> throttle_;
  };

  // Every call counts as one of its minute, the refused ones too, and the count
  // begins anew with each minute of the clock: so does OpenWhisk's "last minute". A
  // client that never stops asking is allowed as many as the limit in each.
  std::variant<Slot, Throttled> admit(const InvocationLimits& limits, std::int64_t unix_millis);

  std::int64_t concurrent() const;

 private:
  InvocationThrottle() = default;
  mutable std::mutex mutex_;
  std::int64_t concurrent_ = 0;
  std::int64_t minute_ = 0;
  std::int64_t in_minute_ = 0;
};

}  // namespace owpool::daemon

#endif  // OWPOOLD_ACCESS_INVOCATION_THROTTLE_H_
