#include "owpoold/operation/metrics_text.h"

#include <cstdint>
#include <string_view>
#include <utility>

#include "fmt/format.h"
#include "owpool/version.h"

namespace owpool::daemon {
namespace {

class MetricsWriter {
 public:
  void family(std::string_view name, std::string_view type, std::string_view help) {
    name_ = name;
    text_ += fmt::format("# HELP {0} {2}\n# TYPE {0} {1}\n", name, type, help);
  }
  // "labels" is e.g. R"(state="prewarm")" or empty.
  template <typename Number>
  void sample(const std::string& labels, Number value, std::string_view suffix = "") {
    text_ += labels.empty() ? fmt::format("{}{} {}\n", name_, suffix, value)
                            : fmt::format("{}{}{{{}}} {}\n", name_, suffix, labels, value);
  }
  void histogram(std::string_view name, std::string_view help, const Histogram& histogram) {
    family(name, "histogram", help);
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < Histogram::kBounds.size(); ++i) {
      sum += histogram.counts[i];
      sample(fmt::format("le=\"{}\"", Histogram::kBounds[i]), sum, "_bucket");
    }
    sum += histogram.counts.back();
    sample("le=\"+Inf\"", sum, "_bucket");
    sample("", histogram.sum, "_sum");
    sample("", sum, "_count");
  }
  std::string take() { return std::move(text_); }

 private:
  std::string_view name_;
  std::string text_;
};

void writeContainers(MetricsWriter& out, const PoolStats& stats, ByteSize limit) {
  out.family("owpool_containers", "gauge", "Containers by state.");
  out.sample("state=\"starting\"", stats.starting_count);
  out.sample("state=\"prewarm\"", stats.prewarmed_count);
  out.sample("state=\"warming\"", stats.warming_count);
  out.sample("state=\"warm_busy\"", stats.busy_count);
  out.sample("state=\"warm_free\"", stats.idle_count);
  out.sample("state=\"removing\"", stats.removing_count);

  out.family("owpool_memory_bytes", "gauge",
             "Memory of containers: user (all of actions), of it free, and prewarm beside it.");
  out.sample("state=\"user\"", stats.user_memory.count());
  out.sample("state=\"warm_free\"", stats.idle_memory.count());
  out.sample("state=\"prewarm\"", stats.prewarm_memory.count());
  out.family("owpool_memory_limit_bytes", "gauge", "Memory that containers of actions may have.");
  out.sample("", limit.count());
}

void writePool(MetricsWriter& out, const PoolStats& stats) {
  out.family("owpool_buffered_activations", "gauge", "Activations that wait for a container.");
  out.sample("", stats.buffered_count);
  out.family("owpool_buffered_memory_bytes", "gauge", "Memory that waiting activations need.");
  out.sample("", stats.buffered_memory.count());
  out.family("owpool_unanswered_activations", "gauge", "Activations accepted, not yet answered.");
  out.sample("", stats.unanswered_count);

  out.family("owpool_starts_total", "counter", "How activations got their container.");
  for (std::size_t i = 0; i < stats.placed_total.size(); ++i) {
    out.sample(fmt::format("start=\"{}\"", startKindName(static_cast<StartKind>(i))),
               stats.placed_total[i]);
  }
  out.family("owpool_removals_total", "counter", "Containers given up, by cause.");
  for (std::size_t i = 0; i < stats.removed_total.size(); ++i) {
    out.sample(fmt::format("cause=\"{}\"", removalCauseName(static_cast<RemovalCause>(i))),
               stats.removed_total[i]);
  }
  out.family("owpool_evictions_total", "counter", "Containers removed to make room.");
  out.sample("", stats.removed_total[static_cast<std::size_t>(RemovalCause::Evicted)]);
  out.family("owpool_removals_failed_total", "counter", "Removals that had to be tried again.");
  out.sample("", stats.removal_failed_total);
  out.family("owpool_rescheduled_total", "counter",
             "Requests not delivered and given to another container.");
  out.sample("", stats.rescheduled_total);
  out.family("owpool_refused_total", "counter", "Activations that were not accepted.");
  out.sample("", stats.refused_total);
  out.family("owpool_ignored_events_total", "counter", "Late or doubled answers, ignored.");
  out.sample("", stats.ignored_events_total);
}

void writeActivations(MetricsWriter& out, const ActivationCounts& counts) {
  constexpr std::string_view kStatusNames[] = {"success", "application_error",
                                               "action_developer_error", "whisk_internal_error"};
  out.family("owpool_activations_total", "counter", "Activations that ended, by status.");
  for (std::size_t i = 0; i < counts.by_status.size(); ++i) {
    out.sample(fmt::format("status=\"{}\"", kStatusNames[i]), counts.by_status[i]);
  }
  out.family("owpool_unrecorded_activations_total", "counter",
             "Activations whose record could not be written.");
  out.sample("", counts.unrecorded_total);
  constexpr std::string_view kLimitNames[] = {"concurrent", "per_minute"};
  out.family("owpool_throttled_total", "counter",
             "Invocations refused for the limits of their namespace.");
  for (std::size_t i = 0; i < counts.throttled.size(); ++i) {
    out.sample(fmt::format("limit=\"{}\"", kLimitNames[i]), counts.throttled[i]);
  }
  out.histogram("owpool_wait_seconds", "From acceptance to the container's first request.",
                counts.wait);
  out.histogram("owpool_init_seconds", "Initialisation of containers.", counts.init);
  out.histogram("owpool_run_seconds", "Runs of actions.", counts.run);
}

}  // namespace

std::string metricsText(const PoolStats& stats, ByteSize user_memory_limit,
                        const ActivationCounts& counts) {
  MetricsWriter out;
  out.family("owpool_build_info", "gauge", "The version that runs.");
  out.sample(fmt::format("version=\"{}\"", version()), 1);
  writeContainers(out, stats, user_memory_limit);
  writePool(out, stats);
  writeActivations(out, counts);
  return out.take();
}

}  // namespace owpool::daemon
