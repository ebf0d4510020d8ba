#ifndef OWPOOLD_ADMIN_ACTIVITY_H_
#define OWPOOLD_ADMIN_ACTIVITY_H_

#include <array>
#include <cstddef>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "owpool/pool_driver.h"

namespace owpool::daemon {

// How long the middle one of many took, and the slowest but one in a hundred.
struct Percentiles {
  Duration p50{};
  Duration p99{};
};
// nullopt of none. Pure.
std::optional<Percentiles> percentilesOf(std::vector<Duration> durations);

// What happened lately, to all actions or to one.
struct RecentRuns {
  int count = 0;
  std::array<int, 7> starts{};  // By StartKind.
  std::optional<Percentiles> wait, run;
};

// The activations that ended lately: what a live view shows. Bounded. Thread-safe.
class Activity {
 public:
  explicit Activity(std::size_t samples_max = 5000) : samples_max_(samples_max) {}

  void add(const std::string& action, const ActivationOutcome& outcome, TimePoint now);

  struct Summary {
    Duration window{};  // That it is about: what was asked for, less if there were too many.
    RecentRuns all;
    std::map<std::string, RecentRuns> by_action;
  };
  Summary summarize(Duration window, TimePoint now) const;

 private:
  struct Sample {
    TimePoint at;
    std::string action;
    std::optional<StartKind> start;
    Duration wait{};
    std::optional<Duration> run;
  };

  const std::size_t samples_max_;
  mutable std::mutex mutex_;
  std::deque<Sample> samples_;  // The oldest first.
};

}  // namespace owpool::daemon

#endif  // OWPOOLD_ADMIN_ACTIVITY_H_
