#include <catch2/catch.hpp>
#include <optional>
#include <tuple>

#include "owpoold/operation/metrics_text.h"
#include "owpoold/operation/metrics_writer.h"

namespace owpool::daemon {
namespace {

using namespace std::chrono_literals;
using Catch::Matchers::Contains;

const CountedAction kHello{"alice", "guest", "pkg/hello", "nodejs:20", 256};

ActivationOutcome outcomeOf(Duration wait, Duration run, std::optional<Duration> init = {}) {
  ActivationOutcome outcome;
  outcome.start = StartKind::Cold;
  outcome.wait = wait;
  outcome.run = run;
  outcome.init = init;
  outcome.response.result = "{}";
  return outcome;
}

TEST_CASE("metrics are in Prometheus' text format") {
  Measurements measurements;
  measurements.user_memory_limit = ByteSize::mebibytes(2);
  measurements.now = TimePoint(10s);
  PoolStats& stats = measurements.pool;
  stats.prewarmed_count = 2;
  stats.idle_count = 3;
  stats.paused_count = 1;
  stats.idle_memory = ByteSize::mebibytes(3);
  stats.paused_memory = ByteSize::mebibytes(1);
  stats.user_memory = ByteSize::mebibytes(1);
  stats.oldest_buffered = TimePoint(7500ms);
  stats.removed_total[static_cast<std::size_t>(RemovalCause::Evicted)] = 3;
  ActivationMetrics metrics;
  metrics.count(kHello, outcomeOf(1ms, 90s));
  metrics.count(kHello, outcomeOf(40ms, 40ms));
  metrics.countThrottled(Throttled::Limit::PerMinute);
  measurements.activations = metrics.counts();
  measurements.log_lines_dropped = 4;
  const std::string text = metricsText(measurements);
  for (const char* line : {
           "# TYPE owpool_containers gauge\n", "owpool_containers{state=\"prewarm\"} 2\n",
           "owpool_containers{state=\"warm_free\"} 2\n", "owpool_containers{state=\"paused\"} 1\n",
           "owpool_memory_bytes{state=\"warm_free\"} 2097152\n",
           "owpool_memory_bytes{state=\"paused\"} 1048576\n",
           "owpool_user_memory_bytes 1048576\n", "owpool_memory_limit_bytes 2097152\n",
           "owpool_buffer_oldest_seconds 2.5\n", "owpool_removals_total{cause=\"evicted\"} 3\n",
           "owpool_activations_total{status=\"success\"} 2\n",
           "owpool_throttled_total{limit=\"concurrent\"} 0\n",
           "owpool_throttled_total{limit=\"per_minute\"} 1\n",
           "owpool_starts_total{start=\"cold\"} 0\n", "# TYPE owpool_wait_seconds histogram\n",
           "owpool_wait_seconds_bucket{le=\"0.001\"} 1\n",
           "owpool_wait_seconds_bucket{le=\"0.05\"} 2\n",
           "owpool_run_seconds_bucket{le=\"60\"} 1\n",
           "owpool_run_seconds_bucket{le=\"+Inf\"} 2\n", "owpool_run_seconds_count 2\n",
           "owpool_init_seconds_count 0\n", "owpool_log_lines_dropped_total 4\n",
           "owpool_worker_last_poll_timestamp_seconds{worker=\"monitor\"} 0\n"}) {
    CHECK_THAT(text, Contains(line));
  }
  CHECK_THAT(text, !Contains("evictions_total") && !Contains("process_"));
}

TEST_CASE("values of labels are escaped") {
  CHECK(Labels().add("a", "x\"\\\ny").add("b", "").text() == "a=\"x\\\"\\\\\\ny\",b=\"\"");
}

TEST_CASE("the process tells what it uses itself") {
  const auto usage = readProcessUsage();
  REQUIRE(usage);
  CHECK(usage->resident_bytes > 100000);
  CHECK(usage->virtual_bytes > usage->resident_bytes);
  CHECK(usage->threads >= 1);
  CHECK(usage->open_files >= 3);
  CHECK(usage->open_files_max >= usage->open_files);
  CHECK(usage->started_unix_seconds > 1.6e9);
  Measurements measurements;
  measurements.process = usage;
  const std::string text = metricsText(measurements);
  for (const char* name :
       {"process_cpu_seconds_total", "process_resident_memory_bytes", "process_open_fds",
        "process_max_fds", "process_start_time_seconds", "process_threads"}) {
    CHECK_THAT(text, Contains("\n" + std::string(name) + " "));
  }
}

TEST_CASE("a program's name may hold what parts the fields of its status") {
  const std::string stat =
      "7 (a) b (c) S 1 7 7 0 -1 4194560 100 0 0 0 150 50 0 0 20 0 9 0 4000 123456 25 1844 1 1";
  const auto usage = parseProcessStat(stat, {100, 4096, 1000});
  REQUIRE(usage);
  CHECK(usage->cpu_seconds == 2.0);
  CHECK(usage->threads == 9);
  CHECK(usage->started_unix_seconds == 1040.0);
  CHECK(usage->virtual_bytes == 123456);
  CHECK(usage->resident_bytes == 25 * 4096);
  for (const char* text : {"", "7 (a)", "7 (a) S", "7 (a) S 1 2 3", "no parentheses"}) {
    CHECK_FALSE(parseProcessStat(text, {}));
  }
}

TEST_CASE("OpenWhisk's names are there on request, by action") {
  ActivationMetrics metrics(ActivationMetrics::Detail::ByAction);
  metrics.count(kHello, outcomeOf(10ms, 20ms, 30ms));
  metrics.count(kHello, outcomeOf(10ms, 20ms));
  Measurements measurements;
  measurements.activations = metrics.counts();
  measurements.pool.active_count = 2;
  measurements.pool.prewarmed_count = 1;
  measurements.pool.starting_count = 1;
  measurements.pool.placed_total[static_cast<std::size_t>(StartKind::RecreatedPrewarm)] = 5;
  const std::string text = openwhiskMetricsText(measurements);
  const std::string labels = "namespace=\"guest\",initiator=\"alice\",action=\"pkg/hello\","
                             "region=\"local\",stack=\"owpool\"";
  for (const std::string& line : {
           "openwhisk_action_activations_total{" + labels + ",kind=\"nodejs:20\",memory=\"256\"} 2",
           "openwhisk_action_coldStarts_total{" + labels + "} 1",
           "openwhisk_action_status{" + labels + ",status=\"success\"} 2",
           "openwhisk_action_memory{" + labels + "} 256",
           "openwhisk_action_waitTime_seconds_count{" + labels + "} 2",
           "openwhisk_action_initTime_seconds_sum{" + labels + "} 0.03",
           "openwhisk_action_duration_seconds_bucket{" + labels + ",le=\"0.05\"} 2",
           "openwhisk_action_response_size_bytes_bucket{" + labels + ",le=\"256\"} 2",
           std::string("gauge_containerPool_activeCount_counter 2"),
           std::string("gauge_containerPool_prewarmCount_counter 2"),
           std::string("counter_invoker_containerStart_counter_total"
                       "{containerState=\"recreatedPrewarm\"} 5")}) {
    CHECK_THAT(text, Contains(line + "\n"));
  }
}

TEST_CASE("more actions than are told apart are counted together") {
  ActivationMetrics metrics(ActivationMetrics::Detail::ByAction);
  CountedAction action = kHello;
  for (std::size_t i = 0; i < ActivationMetrics::kActionsMax + 50; ++i) {
    action.path = "a" + std::to_string(i);
    metrics.count(action, outcomeOf(1ms, 1ms));
  }
  const auto counts = metrics.counts();
  CHECK(counts.by_action.size() == ActivationMetrics::kActionsMax + 1);
  const std::string other(ActivationMetrics::kOtherActions);
  const auto found = counts.by_action.find(std::tuple(other, other, other));
  REQUIRE(found != counts.by_action.end());
  CHECK(found->second.by_status[0] == 50);
}

TEST_CASE("nobody is counted by action unless that is asked for") {
  ActivationMetrics metrics;
  metrics.count(kHello, outcomeOf(1ms, 1ms));
  CHECK(metrics.counts().by_action.empty());
}

}  // namespace
}  // namespace owpool::daemon
