#ifndef OWPOOL_CORE_LATER_H_
#define OWPOOL_CORE_LATER_H_

#include <algorithm>

#include "owpool/units.h"

namespace owpool::internal {

// start + duration, or the end of time if that is beyond it: Duration::max() is a
// way to say "never".
constexpr TimePoint later(TimePoint start, Duration duration) {
  const Duration left = TimePoint::max() - std::max(start, TimePoint());
  return duration >= left ? TimePoint::max() : start + duration;
}

// a + b, at most Duration::max(). REQUIRES: neither is negative.
constexpr Duration sum(Duration a, Duration b) {
  return b >= Duration::max() - a ? Duration::max() : a + b;
}

// first, doubled "times" times, at most "max".
constexpr Duration doubled(Duration first, int times, Duration max) {
  Duration wait = first;
  for (int i = 0; i < times && wait < max; ++i) wait = wait > max / 2 ? max : wait * 2;
  return std::min(wait, max);
}

}  // namespace owpool::internal

#endif  // OWPOOL_CORE_LATER_H_
