#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "owpool/version.h"
#include "owpoold/admin/routes.h"
#include "owpoold/admin/story_json.h"
#include "owpoold/api/answers.h"
#include "owpoold/support/json_text.h"

namespace owpool::daemon {
namespace {

constexpr Duration kWindow = std::chrono::minutes(1);

std::int64_t micros(Duration duration) {
  return std::chrono::duration_cast<std::chrono::microseconds>(duration).count();
}

template <typename Counts>
std::string startsJson(const Counts& counts) {
  ObjectText object;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    object.integer(startKindName(static_cast<StartKind>(i)), static_cast<std::int64_t>(counts[i]));
  }
  return object.text();
}

void addPercentiles(ObjectText& object, const RecentRuns& runs) {
  if (runs.wait) {
    object.integer("wait_p50_us", micros(runs.wait->p50))
        .integer("wait_p99_us", micros(runs.wait->p99));
  }
  if (runs.run) {
    object.integer("run_p50_us", micros(runs.run->p50))
        .integer("run_p99_us", micros(runs.run->p99));
  }
}

struct ActionRow {
  RecentRuns runs;
  int busy_count = 0;
  int idle_count = 0;
};

std::string actionsJson(const ContainerTable& table,
                        const std::map<std::string, RecentRuns>& by_action) {
  std::map<std::string, ActionRow> rows;
  for (const auto& [name, runs] : by_action) rows[name].runs = runs;
  for (const ContainerData& data : table) {
    const Action* action = actionOf(data);
    if (action == nullptr) continue;
    ActionRow& row = rows[action->key.name()];
    ++(activeCountOf(data) > 0 ? row.busy_count : row.idle_count);
  }
  std::vector<std::string> texts;
  for (const auto& [name, row] : rows) {
    ObjectText object;
    object.string("action", name)
        .integer("count", row.runs.count)
        .integer("busy", row.busy_count)
        .integer("idle", row.idle_count)
        .json("starts", startsJson(row.runs.starts));
    addPercentiles(object, row.runs);
    texts.push_back(object.text());
  }
  return arrayText(texts);
}

std::string containersJson(const PoolStats& stats) {
  return ObjectText()
      .integer("starting", stats.starting_count)
      .integer("prewarmed", stats.prewarmed_count)
      .integer("warming", stats.warming_count)
      .integer("busy", stats.busy_count)
      .integer("idle", stats.idle_count)
      .integer("removing", stats.removing_count)
      .text();
}

std::string memoryJson(const PoolStats& stats, ByteSize limit) {
  return ObjectText()
      .integer("limit", limit.count())
      .integer("user", stats.user_memory.count())
      .integer("idle", stats.idle_memory.count())
      .integer("prewarm", stats.prewarm_memory.count())
      .text();
}

}  // namespace

absl::StatusOr<http::Response> statsRoute(const AdminContext& context, TimePoint started) {
  const PoolStats stats = context.driver.stats();
  const ContainerTable table = context.driver.containers();
  const auto oldest = context.watch.decisions.oldestWaiting();
  const TimePoint now = context.clock.now();
  const Activity::Summary recent = context.watch.activity.summarize(kWindow, now);

  ObjectText buffer;
  buffer.integer("count", stats.buffered_count).integer("memory", stats.buffered_memory.count());
  if (oldest && stats.buffered_count > 0) buffer.integer("oldest_us", micros(now - *oldest));
  ObjectText lately;
  lately.integer("window_us", micros(recent.window)).integer("count", recent.all.count);
  addPercentiles(lately, recent.all);
  const auto evicted = stats.removed_total[static_cast<std::size_t>(RemovalCause::Evicted)];
  return jsonAnswer(
      ObjectText()
          .string("version", version())
          .integer("uptime_us", micros(now - started))
          .json("containers", containersJson(stats))
          .json("memory", memoryJson(stats, context.config.user_memory))
          .json("buffer", buffer.text())
          .integer("unanswered", stats.unanswered_count)
          .json("starts", startsJson(stats.placed_total))
          .integer("evicted", static_cast<std::int64_t>(evicted))
          .integer("refused", static_cast<std::int64_t>(stats.refused_total))
          .integer("rescheduled", static_cast<std::int64_t>(stats.rescheduled_total))
          .json("stem_cells", stemCellsJson(context.watch.decisions.stemCells()))
          .json("recent", lately.text())
          .json("actions", actionsJson(table, recent.by_action))
          .text());
}

}  // namespace owpool::daemon
