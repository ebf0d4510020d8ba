#include "logs/log_buffer.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace owpool::logs {
namespace {

// What a line costs besides its text, so that a flood of empty lines is bounded too.
constexpr std::int64_t kLineCost = 64;
constexpr std::int64_t kCostSlack = 1024 * 1024;
constexpr std::int64_t kDefaultLimit = 10 * 1024 * 1024;  // OpenWhisk's, of an action's log.
// A hostile action may write end marks without end.
constexpr std::size_t kEndsHeldMax = 1024;

std::int64_t costOf(const LogLine& line) {
  return static_cast<std::int64_t>(line.text.size()) + kLineCost;
}

}  // namespace

const std::string_view kLogFailureMessage =
    "There was an issue while collecting your logs. Data might be missing.";

std::string logTruncatedMessage(ByteSize limit) {
  return fmt::format(
      "Logs were truncated because the total bytes size exceeds the limit of {} bytes.",
      limit.count());
}

void LogBuffer::beginActivation(ByteSize limit, bool alone) {
  cost_max_ = 2 * std::max<std::int64_t>(limit.count(), 0) + kCostSlack;
  alone_ = alone;
  if (alone && any_activation_) {
    forget();
    for (Stream& stream : streams_) {
      if (!stream.ended) ++stream.ends_owed;
    }
  }
  if (alone) {
    for (Stream& stream : streams_) stream.ended = false;
  } else {
    ++running_together_;
  }
  any_activation_ = true;
}

void LogBuffer::activationNotDelivered() {
  if (!alone_) {
    --running_together_;
    return;
  }
  for (Stream& stream : streams_) stream.ended = true;
}

void LogBuffer::add(LogLine line) {
  if (line.text.find(end_mark_) != std::string::npos) {
    addEnd(line.stream);
    return;
  }
  const std::int64_t cost = costOf(line);
  if (cost_ + cost > (cost_max_ > 0 ? cost_max_ : 2 * kDefaultLimit)) {
    lines_dropped_ = true;
    return;
  }
  cost_ += cost;
  items_.push_back(Item{std::move(line), false});
}

void LogBuffer::addEnd(LogStream which) {
  marks_seen_ = true;
  if (!any_activation_) return;  // Of /init, whose lines go with the first activation.
  Stream& stream = streamOf(which);
  if (alone_) {
    if (stream.ends_owed > 0) {
      --stream.ends_owed;
      forgetStream(which);
      return;
    }
    if (stream.ended) return;
    stream.ended = true;
  }
  if (stream.ends_held >= kEndsHeldMax) return;
  ++stream.ends_held;
  items_.push_back(Item{LogLine{0, which, {}}, true});
}

bool LogBuffer::ended() const {
  return std::all_of(streams_.begin(), streams_.end(),
                     [](const Stream& stream) { return stream.ends_held > 0; });
}

ActivationLogs LogBuffer::take(const LogRequest& request, std::int64_t now_unix_nanos) {
  for (const LogStream which : {LogStream::Stdout, LogStream::Stderr}) {
    if (marks_seen_ && streamOf(which).ends_owed > 0) forgetStream(which);
  }
  const bool end_missing = request.wait_for_end && !ended();
  const bool others_run = !alone_ && --running_together_ > 0;
  if (!alone_ && !others_run) forgetEnds();
  // One that broke may have written no mark: those that are there are the others'.
  keeps_ends_ = others_run && !request.wait_for_end;
  ActivationLogs logs;
  const bool cut = moveLines(request.limit, logs);
  if (cut || std::exchange(lines_dropped_, false)) {
    logs.complete = false;
    logs.lines.push_back(
        LogLine{now_unix_nanos, LogStream::Stderr, logTruncatedMessage(request.limit)});
  } else if (end_missing) {
    logs.complete = false;
    logs.lines.push_back(
        LogLine{now_unix_nanos, LogStream::Stderr, std::string(kLogFailureMessage)});
  }
  return logs;
}

bool LogBuffer::moveLines(ByteSize limit, ActivationLogs& logs) {
  std::array<bool, 2> at_end{};
  std::int64_t weight = 0;
  bool cut = false;
  std::deque<Item> rest;
  for (Item& item : items_) {
    bool& stream_at_end = at_end[static_cast<std::size_t>(item.line.stream)];
    if (stream_at_end) {
      rest.push_back(std::move(item));
      continue;
    }
    if (item.end) {
      stream_at_end = true;
      if (keeps_ends_) {
        rest.push_back(std::move(item));
      } else {
        --streamOf(item.line.stream).ends_held;
      }
      continue;
    }
    cost_ -= costOf(item.line);
    weight += static_cast<std::int64_t>(item.line.text.size()) + 1;
    cut = cut || weight > limit.count();
    if (!cut) logs.lines.push_back(std::move(item.line));
  }
  items_ = std::move(rest);
  return cut;
}

void LogBuffer::forget() {
  items_.clear();
  cost_ = 0;
  lines_dropped_ = false;
  for (Stream& stream : streams_) stream.ends_held = 0;
}

void LogBuffer::forgetEnds() {
  std::erase_if(items_, [](const Item& item) { return item.end; });
  for (Stream& stream : streams_) stream.ends_held = 0;
}

void LogBuffer::forgetStream(LogStream which) {
  std::erase_if(items_, [&](const Item& item) {
    if (item.line.stream != which) return false;
    if (!item.end) cost_ -= costOf(item.line);
    return true;
  });
  streamOf(which).ends_held = 0;
}

}  // namespace owpool::logs
