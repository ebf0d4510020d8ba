// Units used by every owpool header. Nothing here reads a clock.
#ifndef OWPOOL_UNITS_H_
#define OWPOOL_UNITS_H_

#include <chrono>
#include <compare>
#include <cstdint>

namespace owpool {

using Duration = std::chrono::nanoseconds;

// Tag of the monotonic time line. It has no now() on purpose: code that only
// includes this header cannot read the time, it can only be told the time.
struct monotonic_t {
  using duration = Duration;
};

// A point on the time line of one MonotonicClock. Points taken from two
// different clocks are not comparable. Not a calendar time.
using TimePoint = std::chrono::time_point<monotonic_t, Duration>;

// An amount of memory, in bytes. May be negative as an intermediate result.
class ByteSize {
 public:
  constexpr ByteSize() = default;
  static constexpr ByteSize bytes(std::int64_t n) { return ByteSize(n); }
  static constexpr ByteSize mebibytes(std::int64_t n) { return ByteSize(n * 1024 * 1024); }

  constexpr std::int64_t count() const { return bytes_; }

  friend constexpr auto operator<=>(ByteSize, ByteSize) = default;
  friend constexpr ByteSize operator+(ByteSize a, ByteSize b) { return bytes(a.bytes_ + b.bytes_); }
  friend constexpr ByteSize operator-(ByteSize a, ByteSize b) { return bytes(a.bytes_ - b.bytes_); }
  constexpr ByteSize& operator+=(ByteSize b) { return *this = *this + b; }
  constexpr ByteSize& operator-=(ByteSize b) { return *this = *this - b; }

 private:
  explicit constexpr ByteSize(std::int64_t n) : bytes_(n) {}
  std::int64_t bytes_ = 0;
};

namespace literals {
constexpr ByteSize operator""_MiB(unsigned long long n) {
  return ByteSize::mebibytes(static_cast<std::int64_t>(n));
}
}  // namespace literals

}  // namespace owpool

#endif  // OWPOOL_UNITS_H_
