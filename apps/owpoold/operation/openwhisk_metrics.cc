// Sources of the names: PrometheusRecorder of OpenWhisk's core/monitoring/user-events, and
// LogMarkerToken with LoggingMarkers of its common/scala, whose names Kamon's Prometheus
// reporter turns into <type>_<component>_<name>_counter, with _bytes for megabytes and
// _total for counters.
#include <string_view>

#include "owpoold/operation/metrics_text.h"
#include "owpoold/operation/metrics_writer.h"

namespace owpool::daemon {
namespace {

using ByAction = decltype(ActivationCounts::by_action);

// The dashboards filter by region and stack; there is one of each here.
Labels actionLabels(const ByAction::key_type& key) {
  const auto& [owner, path, initiator] = key;
  return Labels()
      .add("namespace", owner)
      .add("initiator", initiator)
      .add("action", path)
      .add("region", "local")
      .add("stack", "owpool");
}

void writeHistograms(MetricsWriter& out, const ByAction& actions, std::string_view name,
                     std::string_view help, Histogram ActionCounts::*histogram) {
  out.family(name, "histogram", help);
  for (const auto& [key, counts] : actions) out.histogram(actionLabels(key), counts.*histogram);
}

void writeActions(MetricsWriter& out, const ByAction& actions) {
  constexpr std::string_view kStatusNames[] = {"success", "application_error",
                                               "action_developer_error", "whisk_internal_error"};
  out.family("openwhisk_action_activations_total", "counter", "Activation Count");
  for (const auto& [key, counts] : actions) {
    std::uint64_t sum = 0;
    for (const std::uint64_t count : counts.by_status) sum += count;
    out.sample(actionLabels(key).add("kind", counts.kind).add("memory",
                                                              std::to_string(counts.memory_mb)),
               sum);
  }
  out.family("openwhisk_action_coldStarts_total", "counter", "Cold start counts");
  for (const auto& [key, counts] : actions) out.sample(actionLabels(key), counts.cold_starts);
  out.family("openwhisk_action_status", "counter", "Activation failure status type");
  for (const auto& [key, counts] : actions) {
    for (std::size_t i = 0; i < counts.by_status.size(); ++i) {
      out.sample(actionLabels(key).add("status", kStatusNames[i]), counts.by_status[i]);
    }
  }
  out.family("openwhisk_action_memory", "gauge", "Memory consumption of the action containers");
  for (const auto& [key, counts] : actions) out.sample(actionLabels(key), counts.memory_mb);
  writeHistograms(out, actions, "openwhisk_action_waitTime_seconds", "Internal system hold time",
                  &ActionCounts::wait);
  writeHistograms(out, actions, "openwhisk_action_initTime_seconds",
                  "Time it took to initialize an action", &ActionCounts::init);
  writeHistograms(out, actions, "openwhisk_action_duration_seconds",
                  "Actual time the action code was running", &ActionCounts::duration);
  writeHistograms(out, actions, "openwhisk_action_response_size_bytes",
                  "Activation Response size", &ActionCounts::response_bytes);
}

void writePool(MetricsWriter& out, const PoolStats& stats) {
  const auto gauge = [&](std::string_view name, std::string_view help, std::int64_t value) {
    out.single(name, "gauge", help, value);
  };
  gauge("gauge_containerPool_runBufferCount_counter", "Buffered jobs", stats.buffered_count);
  gauge("gauge_containerPool_runBufferSize_counter_bytes", "Memory of buffered jobs",
        stats.buffered_memory.count());
  gauge("gauge_containerPool_activeCount_counter", "Containers with activations",
        stats.active_count);
  gauge("gauge_containerPool_activeSize_counter_bytes", "Memory of these",
        stats.active_memory.count());
  gauge("gauge_containerPool_prewarmCount_counter", "Stem cells, those being started included",
        stats.prewarmed_count + stats.starting_count);
  gauge("gauge_containerPool_prewarmSize_counter_bytes", "Memory of these",
        (stats.prewarmed_memory + stats.starting_memory).count());
  gauge("gauge_containerPool_idlesCount_counter", "Warm containers without activations",
        stats.idle_count);
  gauge("gauge_containerPool_idlesSize_counter_bytes", "Memory of these",
        stats.idle_memory.count());
  out.single("counter_containerPool_rescheduledActivation_counter_total", "counter",
             "Times that an activation had to wait", stats.waiting_reported_total);
  out.family("counter_invoker_containerStart_counter_total", "counter",
             "How activations got their container");
  for (std::size_t i = 0; i < stats.placed_total.size(); ++i) {
    out.sample(Labels().add("containerState", startKindName(static_cast<StartKind>(i))),
               stats.placed_total[i]);
  }
  const auto failed = [&](RemovalCause cause) {
    return stats.removed_total[static_cast<std::size_t>(cause)];
  };
  out.family("counter_invoker_containerHealthFailed_counter_total", "counter",
             "Containers removed since they could not be reached");
  out.sample(Labels().add("containerState", "warm"), failed(RemovalCause::Unreachable));
  out.sample(Labels().add("containerState", "prewarm"), failed(RemovalCause::Unhealthy));
}

}  // namespace

std::string openwhiskMetricsText(const Measurements& measurements) {
  MetricsWriter out;
  writeActions(out, measurements.activations.by_action);
  writePool(out, measurements.pool);
  return out.take();
}

}  // namespace owpool::daemon
