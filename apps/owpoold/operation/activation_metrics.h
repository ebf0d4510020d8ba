// What the daemon counts of the activations that ended.
#ifndef OWPOOLD_OPERATION_ACTIVATION_METRICS_H_
#define OWPOOLD_OPERATION_ACTIVATION_METRICS_H_

#include <array>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <tuple>

#include "owpool/pool_driver.h"
#include "owpoold/access/invocation_throttle.h"
#include "owpoold/operation/histogram.h"

namespace owpool::daemon {

// Whose activation it was.
struct CountedAction {
  std::string initiator;        // The namespace that invoked it.
  std::string owner_namespace;  // The namespace that it belongs to.
  std::string path;             // "package/name" or "name".
  std::string kind;
  std::int64_t memory_mb = 0;
};

// By action, for OpenWhisk's dashboards.
struct ActionCounts {
  std::string kind;
  std::int64_t memory_mb = 0;
  std::uint64_t cold_starts = 0;
  std::array<std::uint64_t, 4> by_status{};  // By ActivationStatus.
  Histogram wait, init, duration;
  Histogram response_bytes;

  ActionCounts();
};

// A copy of everything.
struct ActivationCounts {
  std::array<std::uint64_t, 4> by_status{};  // By ActivationStatus.
  std::uint64_t unrecorded_total = 0;        // Records that could not be written.
  std::array<std::uint64_t, 2> throttled{};  // Invocations refused, by Throttled::Limit.
  Histogram wait, init, run;
  // By owner, path and initiator. Empty unless they are asked for.
  std::map<std::tuple<std::string, std::string, std::string>, ActionCounts> by_action;
};

// Thread-safe.
class ActivationMetrics {
 public:
  enum class Detail { Sums, ByAction };
  explicit ActivationMetrics(Detail detail = Detail::Sums) : detail_(detail) {}

  // Who has more actions than this sees the others together, as kOtherActions: each costs
  // every reader of the metrics some seventy lines, for ever.
  static constexpr std::size_t kActionsMax = 200;
  static constexpr std::string_view kOtherActions = "_other";

  // REQUIRES: it was not refused.
  void count(const CountedAction& action, const ActivationOutcome& outcome);

  void countUnrecorded();
  void countThrottled(Throttled::Limit limit);
  void recordsAreWritten();
  // Whether the last record that was to be written could not be.
  bool lastRecordFailed() const;

  ActivationCounts counts() const;

 private:
  void countByAction(const CountedAction& action, const ActivationOutcome& outcome);

  const Detail detail_;
  mutable std::mutex mutex_;
  ActivationCounts counts_;
  bool last_record_failed_ = false;
};

}  // namespace owpool::daemon

#endif  // OWPOOLD_OPERATION_ACTIVATION_METRICS_H_
