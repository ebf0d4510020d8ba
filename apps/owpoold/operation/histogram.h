#ifndef OWPOOLD_OPERATION_HISTOGRAM_H_
#define OWPOOLD_OPERATION_HISTOGRAM_H_

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "owpool/units.h"

namespace owpool::daemon {

// OpenTelemetry's buckets for functions, and some at both ends of them.
inline constexpr std::array<double, 17> kSecondsBounds = {
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25,
    0.5,   0.75,   1,     2.5,  5,     7.5,  10,    60};

// A histogram in the sense of Prometheus: each bucket counts what is not larger than
// its bound; the last is without bound.
struct Histogram {
  // REQUIRES: ascending; static.
  explicit Histogram(std::span<const double> upper_bounds = kSecondsBounds)
      : bounds(upper_bounds), counts(upper_bounds.size() + 1) {}

  void add(double value) {
    const auto bucket = std::lower_bound(bounds.begin(), bounds.end(), value);
    ++counts[static_cast<std::size_t>(bucket - bounds.begin())];
    sum += value;
  }
  void add(Duration duration) { add(std::chrono::duration<double>(duration).count()); }

  std::span<const double> bounds;
  std::vector<std::uint64_t> counts;  // Not yet summed up.
  double sum = 0;
};

}  // namespace owpool::daemon

#endif  // OWPOOLD_OPERATION_HISTOGRAM_H_
