#include "owpoold/operation/metrics_text.h"

#include <chrono>
#include <string_view>

#include "owpool/version.h"
#include "owpoold/operation/metrics_writer.h"

namespace owpool::daemon {
namespace {

Labels state(std::string_view name) { return Labels().add("state", name); }

// The same states in both families; each container, and each byte, is in one of them.
void writeContainers(MetricsWriter& out, const PoolStats& stats, ByteSize limit) {
  out.family("owpool_containers", "gauge", "Containers, each in one state.");
  out.sample(state("starting"), stats.starting_count);
  out.sample(state("prewarm"), stats.prewarmed_count);
  out.sample(state("warming"), stats.warming_count);
  out.sample(state("warm_busy"), stats.busy_count);
  out.sample(state("warm_free"), stats.idle_count - stats.paused_count);
  out.sample(state("paused"), stats.paused_count);
  out.sample(state("removing"), stats.removing_count);

  out.family("owpool_memory_bytes", "gauge", "Memory of containers, each byte in one state.");
  out.sample(state("starting"), stats.starting_memory.count());
  out.sample(state("prewarm"), stats.prewarmed_memory.count());
  out.sample(state("warming"), stats.warming_memory.count());
  out.sample(state("warm_busy"), stats.busy_memory.count());
  out.sample(state("warm_free"), (stats.idle_memory - stats.paused_memory).count());
  out.sample(state("paused"), stats.paused_memory.count());
  out.sample(state("removing"), stats.removing_memory.count());

  out.single("owpool_user_memory_bytes", "gauge",
             "Memory that counts against the limit: of all but stem cells that nobody took.",
             stats.user_memory.count());
  out.single("owpool_memory_limit_bytes", "gauge",
             "Memory that containers of actions may have (--user-memory).", limit.count());
}

void writeBuffer(MetricsWriter& out, const PoolStats& stats, TimePoint now) {
  out.single("owpool_buffered_activations", "gauge", "Activations that wait for a container.",
             stats.buffered_count);
  out.single("owpool_buffered_memory_bytes", "gauge", "Memory that waiting activations need.",
             stats.buffered_memory.count());
  const std::chrono::duration<double> age =
      stats.oldest_buffered ? now - *stats.oldest_buffered : Duration::zero();
  out.single("owpool_buffer_oldest_seconds", "gauge",
             "For how long the oldest waiting activation has waited; 0 if none does.",
             age.count());
  out.single("owpool_unanswered_activations", "gauge", "Activations accepted, not yet answered.",
             stats.unanswered_count);
}

void writePlacements(MetricsWriter& out, const PoolStats& stats) {
  out.family("owpool_starts_total", "counter", "How activations got their container.");
  for (std::size_t i = 0; i < stats.placed_total.size(); ++i) {
    out.sample(Labels().add("start", startKindName(static_cast<StartKind>(i))),
               stats.placed_total[i]);
  }
  out.family("owpool_removals_total", "counter", "Containers given up, by cause.");
  for (std::size_t i = 0; i < stats.removed_total.size(); ++i) {
    out.sample(Labels().add("cause", removalCauseName(static_cast<RemovalCause>(i))),
               stats.removed_total[i]);
  }
  out.single("owpool_removals_failed_total", "counter", "Removals that had to be tried again.",
             stats.removal_failed_total);
  out.single("owpool_starts_failed_total", "counter", "Containers that could not be started.",
             stats.start_failed_total);
  out.single("owpool_rescheduled_total", "counter",
             "Requests not delivered and given to another container.", stats.rescheduled_total);
  out.single("owpool_bypassed_total", "counter", "Activations placed before an older one.",
             stats.bypassed_total);
  out.single("owpool_refused_total", "counter", "Activations that were not accepted.",
             stats.refused_total);
  out.single("owpool_ignored_events_total", "counter", "Late or doubled answers, ignored.",
             stats.ignored_events_total);
}

void writeActivations(MetricsWriter& out, const ActivationCounts& counts) {
  constexpr std::string_view kStatusNames[] = {"success", "application_error",
                                               "action_developer_error", "whisk_internal_error"};
  out.family("owpool_activations_total", "counter", "Activations that ended, by status.");
  for (std::size_t i = 0; i < counts.by_status.size(); ++i) {
    out.sample(Labels().add("status", kStatusNames[i]), counts.by_status[i]);
  }
  out.single("owpool_unrecorded_activations_total", "counter",
             "Activations whose record could not be written.", counts.unrecorded_total);
  constexpr std::string_view kLimitNames[] = {"concurrent", "per_minute"};
  out.family("owpool_throttled_total", "counter",
             "Invocations refused for the limits of their namespace.");
  for (std::size_t i = 0; i < counts.throttled.size(); ++i) {
    out.sample(Labels().add("limit", kLimitNames[i]), counts.throttled[i]);
  }
  out.family("owpool_wait_seconds", "histogram",
             "From acceptance to the container's first request.");
  out.histogram({}, counts.wait);
  out.family("owpool_init_seconds", "histogram", "Initialisation of containers.");
  out.histogram({}, counts.init);
  out.family("owpool_run_seconds", "histogram", "Runs of actions.");
  out.histogram({}, counts.run);
}

// The names that Prometheus' own client libraries use.
void writeProcess(MetricsWriter& out, const ProcessUsage& usage) {
  out.single("process_cpu_seconds_total", "counter", "Processor time of owpoold itself.",
             usage.cpu_seconds);
  out.single("process_resident_memory_bytes", "gauge", "Resident memory of owpoold itself.",
             usage.resident_bytes);
  out.single("process_virtual_memory_bytes", "gauge", "Virtual memory of owpoold itself.",
             usage.virtual_bytes);
  out.single("process_open_fds", "gauge", "Open files of owpoold itself.", usage.open_files);
  out.single("process_max_fds", "gauge", "Files that owpoold may open.", usage.open_files_max);
  out.single("process_start_time_seconds", "gauge", "When owpoold started, as Unix time.",
             usage.started_unix_seconds);
  out.single("process_threads", "gauge", "Threads of owpoold itself.", usage.threads);
}

}  // namespace

std::string metricsText(const Measurements& measurements) {
  MetricsWriter out;
  out.family("owpool_build_info", "gauge", "The version that runs.");
  out.sample(Labels().add("version", version()), 1);
  writeContainers(out, measurements.pool, measurements.user_memory_limit);
  writeBuffer(out, measurements.pool, measurements.now);
  writePlacements(out, measurements.pool);
  writeActivations(out, measurements.activations);
  out.family("owpool_worker_last_poll_timestamp_seconds", "gauge",
             "When a worker's loop last turned, as Unix time.");
  out.sample(Labels().add("worker", "monitor"), measurements.monitor_turned);
  out.single("owpool_log_lines_dropped_total", "counter",
             "Log lines that nobody read in time.", measurements.log_lines_dropped);
  if (measurements.process) writeProcess(out, *measurements.process);
  return out.take();
}

}  // namespace owpool::daemon
