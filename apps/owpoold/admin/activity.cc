#include "owpoold/admin/activity.h"

#include <algorithm>
#include <utility>

namespace owpool::daemon {
namespace {

struct Durations {
  std::vector<Duration> waits, runs;
};

Duration quantile(const std::vector<Duration>& sorted, std::size_t percent) {
  // The smallest that at least this part of all does not exceed.
  const std::size_t rank = (sorted.size() * percent + 99) / 100;
  return sorted[std::max<std::size_t>(1, rank) - 1];
}

}  // namespace

std::optional<Percentiles> percentilesOf(std::vector<Duration> durations) {
  if (durations.empty()) return std::nullopt;
  std::sort(durations.begin(), durations.end());
  return Percentiles{quantile(durations, 50), quantile(durations, 99)};
}

void Activity::add(const std::string& action, const ActivationOutcome& outcome, TimePoint now) {
  const std::lock_guard lock(mutex_);
  samples_.push_back({now, action, outcome.start, outcome.wait, outcome.run});
  if (samples_.size() > samples_max_) samples_.pop_front();
}

Activity::Summary Activity::summarize(Duration window, TimePoint now) const {
  std::vector<Sample> recent;
  Summary summary;
  summary.window = window;
  {
    const std::lock_guard lock(mutex_);
    std::copy_if(samples_.begin(), samples_.end(), std::back_inserter(recent),
                 [&](const Sample& sample) { return now - sample.at <= window; });
    if (!recent.empty() && recent.size() == samples_max_) summary.window = now - recent[0].at;
  }
  Durations all;
  std::map<std::string, Durations> by_action;
  for (const Sample& sample : recent) {
    RecentRuns& runs = summary.by_action[sample.action];
    Durations& durations = by_action[sample.action];
    ++runs.count;
    ++summary.all.count;
    if (sample.start) {
      ++runs.starts[static_cast<std::size_t>(*sample.start)];
      ++summary.all.starts[static_cast<std::size_t>(*sample.start)];
    }
    all.waits.push_back(sample.wait);
    durations.waits.push_back(sample.wait);
    if (!sample.run) continue;
    all.runs.push_back(*sample.run);
    durations.runs.push_back(*sample.run);
  }
  const auto fill = [](RecentRuns& runs, Durations& durations) {
    runs.wait = percentilesOf(std::move(durations.waits));
    runs.run = percentilesOf(std::move(durations.runs));
  };
  fill(summary.all, all);
  for (auto& [action, runs] : summary.by_action) fill(runs, by_action[action]);
  return summary;
}

}  // namespace owpool::daemon
