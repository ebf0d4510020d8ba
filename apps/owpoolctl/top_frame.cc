// One frame of "top".
#include <algorithm>

#include "fmt/format.h"
#include "owpoolctl/commands.h"
#include "owpoolctl/fields.h"

namespace owpool::ctl {
namespace {

constexpr std::size_t kLabelWidth = 12;

json::Value objectOf(const json::Value& object, std::string_view key) {
  return object.member(key).value_or(object);
}

std::int64_t countOf(const json::Value& object, std::string_view key) {
  return numberOf(object, key).value_or(0);
}

std::string durationOrDash(const json::Value& object, std::string_view key) {
  const auto micros = numberOf(object, key);
  return micros ? durationText(*micros) : "-";
}

// '#' what serves activations, '=' what is idle, '.' what is free.
std::string memoryBar(std::int64_t used, std::int64_t idle, std::int64_t limit, std::size_t width) {
  const auto cells = [&](std::int64_t part) {
    return limit <= 0 ? 0 : static_cast<std::size_t>(
        std::clamp<std::int64_t>(part * static_cast<std::int64_t>(width) / limit, 0,
                                 static_cast<std::int64_t>(width)));
  };
  const std::size_t full = cells(used);
  const std::size_t idle_cells = std::min(full, cells(idle));
  return fmt::format("[{}{}{}]", std::string(full - idle_cells, '#'),
                     std::string(idle_cells, '='), std::string(width - full, '.'));
}

std::string memoryText(const json::Value& stats, std::size_t columns) {
  const json::Value memory = objectOf(stats, "memory");
  const std::int64_t limit = countOf(memory, "limit");
  const std::size_t width = std::clamp<std::size_t>(columns < 70 ? 0 : columns - 70, 10, 40);
  return fmt::format("{} {} of {}, of it {} idle; stem cells {}",
                     memoryBar(countOf(memory, "user"), countOf(memory, "idle"), limit, width),
                     sizeText(countOf(memory, "user")), sizeText(limit),
                     sizeText(countOf(memory, "idle")), sizeText(countOf(memory, "prewarm")));
}

std::string bufferText(const json::Value& stats) {
  const json::Value buffer = objectOf(stats, "buffer");
  if (countOf(buffer, "count") == 0) return "nobody waits";
  std::string text = fmt::format("{} waiting for {}",
                                 countText(countOf(buffer, "count"), "activation"),
                                 sizeText(countOf(buffer, "memory")));
  if (const auto oldest = numberOf(buffer, "oldest_us")) {
    text += fmt::format(", the oldest for {}", durationText(*oldest));
  }
  return text;
}

std::string stemCellsText(const json::Value& stats) {
  std::string text;
  for (const json::Value& cells : elementsOf(stats, "stem_cells")) {
    text += fmt::format("{}{} {} {}/{}", text.empty() ? "" : ", ", textOf(cells, "kind"),
                        sizeText(countOf(cells, "memory")), countOf(cells, "ready"),
                        countOf(cells, "wanted"));
    if (countOf(cells, "starting") > 0) {
      text += fmt::format(" ({} starting)", countOf(cells, "starting"));
    }
  }
  return text.empty() ? "none are kept" : text;
}

// "12 warmed, 3 cold": those that there were.
std::string countsText(const json::Value& counts, std::string_view if_none) {
  std::string text;
  for (const auto& [name, value] : counts.members()) {
    if (value.asInteger().value_or(0) == 0) continue;
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", *value.asInteger(), cleaned(name));
  }
  return text.empty() ? std::string(if_none) : text;
}

std::string startsText(const json::Value& stats) {
  return fmt::format("{}; {} evicted, {} refused, {} rescheduled",
                     countsText(objectOf(stats, "starts"), "none yet"), countOf(stats, "evicted"),
                     countOf(stats, "refused"), countOf(stats, "rescheduled"));
}

std::string recentText(const json::Value& stats) {
  const json::Value recent = objectOf(stats, "recent");
  const std::string over =
      fmt::format("{} in {}", countText(countOf(recent, "count"), "activation"),
                  durationText(countOf(recent, "window_us")));
  if (countOf(recent, "count") == 0) return over;
  return fmt::format("{}; wait p50 {}, p99 {}; run p50 {}, p99 {}", over,
                     durationOrDash(recent, "wait_p50_us"), durationOrDash(recent, "wait_p99_us"),
                     durationOrDash(recent, "run_p50_us"), durationOrDash(recent, "run_p99_us"));
}

std::int64_t coldStartsOf(const json::Value& action) {
  const json::Value starts = objectOf(action, "starts");
  return countOf(starts, "cold") + countOf(starts, "recreated");
}

// The busiest first.
std::string actionsText(const json::Value& stats) {
  auto actions = elementsOf(stats, "actions");
  std::stable_sort(actions.begin(), actions.end(), [](const auto& a, const auto& b) {
    return std::pair(countOf(a, "count"), countOf(a, "busy")) >
           std::pair(countOf(b, "count"), countOf(b, "busy"));
  });
  std::vector<std::vector<std::string>> rows;
  for (const json::Value& action : actions) {
    rows.push_back({textOf(action, "action"), fmt::format("{}", countOf(action, "count")),
                    fmt::format("{}", coldStartsOf(action)),
                    fmt::format("{}", countOf(action, "busy")),
                    fmt::format("{}", countOf(action, "idle")),
                    durationOrDash(action, "wait_p50_us"), durationOrDash(action, "wait_p99_us"),
                    durationOrDash(action, "run_p50_us"), durationOrDash(action, "run_p99_us")});
  }
  return tableText({"ACTION", ">RAN", ">COLD", ">BUSY", ">IDLE", ">WAIT P50", ">P99", ">RUN P50",
                    ">P99"},
                   rows);
}

}  // namespace

std::string frameText(const json::Value& stats, TerminalSize size, Style style) {
  std::string frame;
  std::size_t row_count = 0;
  // Cut to the screen first: what colours is not counted.
  const auto add = [&](std::string_view label, const std::string& text) {
    if (row_count == size.rows) return;
    const std::string head = label.empty() ? "" : fmt::format("{:<{}}", label, kLabelWidth);
    const std::string line = fitted(head + text, size.columns);
    const std::size_t split = std::min(head.size(), line.size());
    frame += row_count++ == 0 ? "" : "\n";
    frame += label.empty() ? line
                           : style(Tone::Faint, line.substr(0, split)) + line.substr(split);
  };
  const auto addStrong = [&](const std::string& text) {
    if (row_count == size.rows) return;
    frame += row_count++ == 0 ? "" : "\n";
    frame += style(Tone::Strong, fitted(text, size.columns));
  };
  addStrong(fmt::format("owpoold {}, up {}", textOf(stats, "version"),
                        durationText(countOf(stats, "uptime_us"))));
  add("containers", countsText(objectOf(stats, "containers"), "none"));
  add("memory", memoryText(stats, size.columns));
  add("buffer", bufferText(stats));
  add("stem cells", stemCellsText(stats));
  add("starts", startsText(stats));
  add("lately", recentText(stats));
  add("", "");
  const std::string table = actionsText(stats);
  for (std::size_t from = 0; from < table.size();) {
    const std::size_t end = table.find('\n', from);
    const std::string line = table.substr(from, end - from);
    if (from == 0) {
      addStrong(line);
    } else {
      add("", line);
    }
    from = end + 1;
  }
  return frame + "\n";
}

}  // namespace owpool::ctl
