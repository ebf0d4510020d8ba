#include "owpoolctl/why_waits.h"

#include <algorithm>
#include <utility>

#include "fmt/format.h"
#include "owpoolctl/fields.h"

namespace owpool::ctl {
namespace {

using Change = std::pair<std::int64_t, std::string>;

// What it waited for in turn, until it was placed. The pool does not tell of each change, but
// an eviction for it shows when the wait for its memory began.
std::vector<Change> changesIn(const json::Value& answer, const json::Value* placement,
                              std::int64_t from, std::optional<std::int64_t> to) {
  std::vector<Change> changes;
  for (const json::Value& wait : elementsOf(answer, "waits")) {
    const std::int64_t at = numberOf(wait, "at_us").value_or(0);
    if (at >= from && (!to || at < *to)) changes.push_back({at, textOf(wait, "reason")});
  }
  const std::string last = placement == nullptr ? "" : textOf(*placement, "waited_for");
  if (last == "removal") {
    for (const json::Value& evicted : elementsOf(*placement, "evicted")) {
      const auto removal = evicted.member("removal");
      const auto at = removal ? numberOf(*removal, "ordered_us") : std::nullopt;
      if (at && *at >= from) changes.push_back({*at, last});
    }
  }
  std::stable_sort(changes.begin(), changes.end(),
                   [](const Change& a, const Change& b) { return a.first < b.first; });
  if (changes.empty()) {
    changes.push_back({from, last.empty() ? "turn" : last});
  } else if (numberOf(answer, "dropped").value_or(0) > 0) {
    changes.front().first = from;  // The earlier ones are forgotten.
  } else if (changes.front().first > from) {
    changes.insert(changes.begin(), {from, "turn"});
  }
  return changes;
}

void addPeriod(std::vector<WaitSpan>& spans, const json::Value& answer,
               const json::Value* placement, std::int64_t from, std::optional<std::int64_t> to) {
  if (to && *to <= from) return;
  const std::vector<Change> changes = changesIn(answer, placement, from, to);
  const std::size_t first = spans.size();
  for (std::size_t i = 0; i < changes.size(); ++i) {
    const auto end = i + 1 < changes.size() ? std::optional(changes[i + 1].first) : to;
    if (end && *end <= changes[i].first) continue;
    if (spans.size() > first && spans.back().reason == changes[i].second) {
      spans.back().to = end;
    } else {
      spans.push_back({changes[i].second, changes[i].first, end});
    }
  }
}

// The longest first.
std::vector<Change> shares(const std::vector<WaitSpan>& spans) {
  std::vector<Change> all;
  for (const WaitSpan& span : spans) {
    auto same = std::find_if(all.begin(), all.end(),
                             [&](const Change& one) { return one.second == span.reason; });
    if (same == all.end()) same = all.insert(all.end(), {0, span.reason});
    same->first += span.to.value_or(span.from) - span.from;
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const Change& a, const Change& b) { return a.first > b.first; });
  return all;
}

}  // namespace

std::vector<WaitSpan> waitSpans(const json::Value& answer) {
  std::vector<WaitSpan> spans;
  std::optional<std::int64_t> from = 0;
  for (const json::Value& placement : elementsOf(answer, "placements")) {
    if (from) addPeriod(spans, answer, &placement, *from, numberOf(placement, "at_us"));
    from = numberOf(placement, "given_up_us");
  }
  const auto outcome = answer.member("answer");
  const auto end = outcome ? numberOf(*outcome, "at_us") : std::nullopt;
  if (from) addPeriod(spans, answer, nullptr, *from, end);
  return spans;
}

std::string mainReason(const std::vector<WaitSpan>& spans) {
  if (spans.empty()) return "";
  return spans.back().to ? shares(spans).front().second : spans.back().reason;
}

std::string sharesText(const std::vector<WaitSpan>& spans) {
  const std::vector<Change> all = shares(spans);
  if (all.size() < 2 || !spans.back().to) return "";
  std::int64_t total = 0;
  std::string list;
  for (const auto& [length, reason] : all) {
    total += length;
    list += fmt::format("{}{} {}", list.empty() ? "" : ", ", durationText(length),
                        reason == "memory"           ? "for memory"
                        : reason == "removal"        ? "for memory that was being freed"
                        : reason == "startsInFlight" ? "until fewer containers were starting"
                                                     : "for its turn");
  }
  return fmt::format(" It waited {}: {}.", durationText(total), list);
}

}  // namespace owpool::ctl
