#include "owpoold/records/activation_record.h"

#include <chrono>
#include <ctime>
#include <string_view>

#include "fmt/chrono.h"
#include "fmt/format.h"
#include "json/json.h"
#include "owpoold/support/json_text.h"
#include "owpoold/api/shapes.h"

namespace owpool::daemon {
namespace {

std::int64_t millis(Duration duration) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
}

std::string annotationsJson(const ActionRecord& action, const ActivationOutcome& outcome) {
  KeyValues annotations;
  const auto add = [&](std::string_view key, std::string value) {
    annotations.push_back({.key = std::string(key), .value = std::move(value)});
  };
  add("limits", actionLimitsJson(action.limits));
  add("path", json::quote(action.qualifiedName()));
  add("kind", json::quote(action.kind));
  const std::chrono::milliseconds time_limit(action.limits.timeout_ms);
  add("timeout", isTimeLimitResponse(outcome.response, time_limit) ? "true" : "false");
  if (outcome.init) add("initTime", std::to_string(millis(*outcome.init)));
  add("waitTime", std::to_string(millis(outcome.wait)));
  // Ours, after OpenWhisk's own: how it got its container.
  if (outcome.start) add("start", json::quote(startKindName(*outcome.start)));
  return keyValuesJson(annotations);
}

// "2018-02-05T10:41:50.4Z": as many decimals as are needed, down to nanoseconds.
std::string timestamp(std::int64_t unix_nanos) {
  constexpr std::int64_t kNanosInSecond = 1'000'000'000;
  const auto seconds = static_cast<std::time_t>(unix_nanos / kNanosInSecond);
  std::string fraction = fmt::format(".{:09}", unix_nanos % kNanosInSecond);
  while (fraction.back() == '0') fraction.pop_back();
  if (fraction == ".") fraction.clear();
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}{}Z", fmt::gmtime(seconds), fraction);
}

}  // namespace

ActivationRecord makeActivationRecord(const ActionRecord& action, const ActivationOutcome& outcome,
                                      std::int64_t now_ms) {
  ActivationRecord record;
  record.owner = action.owner;
  record.id = outcome.id.toString();
  record.path = action.path();
  record.name = action.name;
  record.version = action.version;
  record.duration_ms = millis(outcome.init.value_or(Duration()) + outcome.run.value_or(Duration()));
  record.end_ms = now_ms;
  record.start_ms = now_ms - record.duration_ms;
  record.status = outcome.response.status;
  record.result = outcome.response.result;
  record.annotations = annotationsJson(action, outcome);
  return record;
}

std::string formatLogs(const std::vector<LogLine>& lines) {
  std::vector<std::string> texts;
  texts.reserve(lines.size());
  for (const LogLine& line : lines) {
    const std::string_view stream = line.stream == LogStream::Stdout ? "stdout" : "stderr";
    texts.push_back(
        json::quote(fmt::format("{:<30} {}: {}", timestamp(line.unix_nanos), stream, line.text)));
  }
  return arrayText(texts);
}

std::string refusalMessage(RefusalReason reason, const ActionRecord& action,
                           ByteSize user_memory) {
  switch (reason) {
    case RefusalReason::LargerThanPool:
      return fmt::format(
          "The action needs {} MB of memory, but the pool has only {} MB for all actions.",
          action.limits.memory_mb, user_memory.count() / (1024 * 1024));
    case RefusalReason::BufferFull:
      return "The server is overloaded: too many activations wait for a container already. "
             "Try again later.";
    case RefusalReason::ShuttingDown:
      return "The server is shutting down.";
    case RefusalReason::InvalidAction:
      return "The action cannot be run: its limits are not valid.";
  }
  return "";
}

}  // namespace owpool::daemon
