#include "owpoolctl/why_text.h"

#include <algorithm>
#include <ctime>
#include <utility>

#include "fmt/chrono.h"
#include "owpoolctl/why_fields.h"
#include "owpoolctl/why_waits.h"

namespace owpool::ctl {
namespace {

using Entry = std::pair<std::int64_t, std::string>;

std::string utc(std::int64_t unix_ms) {
  return fmt::format("{:%Y-%m-%d %H:%M:%S} UTC",
                     fmt::gmtime(static_cast<std::time_t>(unix_ms / 1000)));
}

// "+12 ms"; what was before the arrival has a minus.
std::string offsetText(std::int64_t micros) {
  return micros < 0 ? "-" + durationText(-micros) : "+" + durationText(micros);
}

// The first line of what it was answered with; empty if that is not known.
std::string errorLine(const json::Value& answer) {
  const auto outcome = answer.member("answer");
  const auto text = outcome ? outcome->member("error") : std::nullopt;
  const auto error = json::parse(text ? text->asString().value_or("") : "");
  const auto what = error.ok() ? error->member("error") : std::nullopt;
  if (!what) return "";
  const std::string line = what->asString().value_or(std::string(what->text()));
  return cleaned(line.substr(0, line.find('\n')));
}

std::string initEndText(const json::Value& container, const json::Value& answer) {
  if (container.member("init_delivered")) return "could not be given the code";
  if (!flagOf(container, "init_failed")) return "has taken the code";
  const std::string error = errorLine(answer);
  return "could not take the code" + (error.empty() ? "" : ": " + error);
}

void addContainer(std::vector<Entry>& entries, const json::Value& placement,
                  const json::Value& answer) {
  const auto container = placement.member("container");
  if (!container) return;
  const std::string name = containerName(*container);
  const std::int64_t placed = numberOf(placement, "at_us").value_or(0);
  const std::string start = textOf(placement, "start");
  entries.push_back({placed, fmt::format("is given container {}{}", name,
                                         isCold(start) ? ", which is being started" : "")});
  const auto add = [&](const json::Value& from, std::string_view key, std::string text) {
    if (const auto at = numberOf(from, key)) entries.push_back({*at, std::move(text)});
  };
  if (isPrewarmed(start)) {
    add(*container, "created_us", fmt::format("{} is started as a stem cell", name));
  }
  // What was over before is the story of another activation.
  const bool saw_start = numberOf(*container, "started_us").value_or(placed) > placed;
  if (saw_start) add(*container, "started_us", fmt::format("{} has started", name));
  if (numberOf(*container, "init_ended_us").value_or(placed + 1) > placed) {
    add(*container, "init_began_us", "takes the action's code (/init)");
    add(*container, "init_ended_us", initEndText(*container, answer));
  }
  add(placement, "resume_ordered_us", fmt::format("{} is resumed", name));
  add(placement, "resumed_us", fmt::format("{} goes on", name));
  add(placement, "run_began_us", "runs (/run)");
  add(placement, "run_ended_us", "has ended");
  add(placement, "given_up_us", "is put back: its container goes");
}

// Many at once are told in one line, so that all stays on one screen.
void addEvictions(std::vector<Entry>& entries, const json::Value& placement) {
  constexpr std::size_t kToldMax = 3;
  const auto evicted = elementsOf(placement, "evicted");
  const std::size_t told = evicted.size() <= kToldMax ? evicted.size() : kToldMax - 1;
  for (std::size_t i = 0; i < std::min(evicted.size(), told + 1); ++i) {
    const auto removal = evicted[i].member("removal");
    const auto at = removal ? numberOf(*removal, "ordered_us") : std::nullopt;
    if (!at) continue;
    entries.push_back({*at, i < told ? fmt::format("{} is evicted", containerName(evicted[i]))
                                     : fmt::format("({} more are evicted)",
                                                   evicted.size() - told)});
  }
}

void addWaits(std::vector<Entry>& entries, const json::Value& answer) {
  const std::int64_t before = numberOf(answer, "waiting_before").value_or(0);
  for (const WaitSpan& span : waitSpans(answer)) {
    std::string text = "waits for its turn";
    if (span.reason == "memory") {
      text = "waits for memory";
    } else if (span.reason == "removal") {
      text = "waits for memory that is being freed";
    } else if (span.reason == "startsInFlight") {
      text = "waits until fewer containers are starting";
    } else if (span.from == 0 && before > 0) {
      text = "waits behind " + countText(before, "other");
    }
    entries.push_back({span.from, std::move(text)});
  }
}

std::string recordText(const json::Value& record, std::size_t width) {
  std::string text = wrapped(
      "It is too old to be explained, or ran before owpoold was started: owpoold remembers the "
      "decisions about its newest activations. Its record tells:",
      width, "") + "\n\n";
  const auto line = [&](std::string_view what, const std::string& value) {
    if (!value.empty()) text += fmt::format("  {:<10}{}\n", what, value);
  };
  const auto millis = [&](std::string_view key) {
    const auto value = numberOf(record, key);
    return value ? durationText(*value * 1000) : "";
  };
  line("start", textOf(record, "start"));
  line("waited", millis("wait_ms"));
  line("init", millis("init_ms"));
  line("duration", millis("duration_ms"));
  line("status", textOf(record, "status"));
  return text;
}

std::string title(const json::Value& answer, Style style) {
  const std::string name =
      fmt::format("{} {}", textOf(answer, "action"), textOf(answer, "version"));
  const std::string kind = textOf(answer, "kind");
  std::string text = fmt::format("Activation {}\n", textOf(answer, "id"));
  text += fmt::format("of {}{}, {}\n\n", name,
                      kind.empty() ? "" : fmt::format(" ({})", stemCellName(answer)),
                      utc(numberOf(answer, "arrived_ms").value_or(0)));
  return style(Tone::Strong, text.substr(0, text.find('\n'))) + text.substr(text.find('\n'));
}

}  // namespace

std::vector<std::string> timeline(const json::Value& answer) {
  // What happens at the same moment stays in this order.
  std::vector<Entry> entries = {{0, "arrives"}};
  const auto placements = elementsOf(answer, "placements");
  for (const json::Value& placement : placements) addEvictions(entries, placement);
  addWaits(entries, answer);
  for (const json::Value& placement : placements) addContainer(entries, placement, answer);
  if (const auto outcome = answer.member("answer")) {
    const std::string kind = textOf(*outcome, "kind");
    entries.push_back({numberOf(*outcome, "at_us").value_or(0),
                       kind == "result"    ? "is answered"
                       : kind == "refused" ? "is refused"
                                           : "is answered with an error"});
  }
  std::stable_sort(entries.begin(), entries.end(),
                   [](const Entry& a, const Entry& b) { return a.first < b.first; });
  std::vector<std::string> lines;
  for (const auto& [at, what] : entries) {
    const std::string offset = offsetText(at);
    lines.push_back(std::string(12 - std::min<std::size_t>(12, widthOf(offset)), ' ') + offset +
                    "  " + what);
  }
  return lines;
}

std::string whyText(const json::Value& answer, std::size_t width, Style style) {
  std::string text = title(answer, style);
  if (const auto record = answer.member("record")) return text + recordText(*record, width);
  text += wrapped(headline(answer), width, "") + "\n";
  const auto section = [&](std::string_view name, const std::vector<std::string>& items,
                           std::string_view mark) {
    if (items.empty()) return;
    text += "\n" + style(Tone::Strong, name) + "\n";
    for (const std::string& item : items) {
      const std::string indent(widthOf(mark), ' ');
      text += std::string(mark) + wrapped(item, width - indent.size(), indent) + "\n";
    }
  };
  section("Why", reasons(answer), "  ");
  const std::vector<std::string> entries = timeline(answer);
  text += "\n" + style(Tone::Strong, "When") + "\n";
  for (const std::string& entry : entries) text += fitted(entry, width) + "\n";
  section("What would have avoided it", advice(answer), "  - ");
  return text;
}

}  // namespace owpool::ctl
