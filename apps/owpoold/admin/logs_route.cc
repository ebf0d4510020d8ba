#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "fmt/format.h"
#include "owpoold/admin/routes.h"
#include "owpoold/api/answers.h"
#include "owpoold/support/json_text.h"

namespace owpool::daemon {
namespace {

constexpr std::int64_t kBatchMax = 1000;
constexpr std::int64_t kWaitMaxMillis = 30000;

absl::StatusOr<std::optional<std::int64_t>> countOf(const http::Request& request,
                                                    const std::string& name) {
  const auto number = queryInteger(request, name, "log lines");
  if (number.ok() && *number && **number < 0) {
    return absl::InvalidArgumentError(fmt::format("{}: must not be negative", name));
  }
  return number;
}

absl::StatusOr<LogTail::Filter> filterOf(const AdminContext& context,
                                         const http::Request& request) {
  LogTail::Filter filter;
  if (const auto action = request.query.find("action"); action != request.query.end()) {
    filter.action = action->second;
  }
  const auto activation = request.query.find("activation");
  if (activation == request.query.end()) return filter;
  const auto id = activationIdOf(context.watch.decisions, activation->second);
  if (!id.ok()) return id.status();
  filter.activation = *id;
  return filter;
}

std::string batchJson(const LogTail::Batch& batch) {
  std::vector<std::string> lines;
  for (const LogTail::Line& line : batch.lines) {
    lines.push_back(ObjectText()
                        .string("action", *line.action)
                        .string("activation", line.activation.toString())
                        .integer("at_ms", line.line.unix_nanos / 1'000'000)
                        .boolean("is_error", line.line.stream == LogStream::Stderr)
                        .string("text", line.line.text)
                        .text());
  }
  return ObjectText()
      .json("lines", arrayText(lines))
      .integer("next", static_cast<std::int64_t>(batch.next))
      .integer("lost", static_cast<std::int64_t>(batch.lost_count))
      .text();
}

// What is not remembered any more may still stand in the activation's record.
absl::StatusOr<http::Response> recordedLogs(const AdminContext& context, ActivationId id,
                                            const LogTail::Batch& batch) {
  const auto record = findRecord(context, id);
  if (!record.ok()) return record.status();
  if (!*record && !context.watch.decisions.find(id)) {
    return absl::NotFoundError(
        fmt::format("there is no activation {}, or it is not known any more", id.toString()));
  }
  if (!*record) return jsonAnswer(batchJson(batch));  // It runs.
  return jsonAnswer(ObjectText()
                        .json("lines", "[]")
                        .integer("next", static_cast<std::int64_t>(batch.next))
                        .integer("lost", 0)
                        .json("recorded", (*record)->logs)
                        .text());
}

}  // namespace

absl::StatusOr<http::Response> logsRoute(const AdminContext& context,
                                         const http::Request& request) {
  const auto filter = filterOf(context, request);
  if (!filter.ok()) return filter.status();
  const auto after = countOf(request, "after");
  if (!after.ok()) return after.status();
  const auto tail = countOf(request, "tail");
  if (!tail.ok()) return tail.status();
  const auto wait = countOf(request, "wait_ms");
  if (!wait.ok()) return wait.status();
  const LogTail& logs = context.watch.logs;
  if (*after) {
    const std::chrono::milliseconds timeout(std::min(wait->value_or(0), kWaitMaxMillis));
    return jsonAnswer(batchJson(
        logs.after(static_cast<std::uint64_t>(**after), *filter, kBatchMax, timeout)));
  }
  const auto count_max = static_cast<std::size_t>(tail->value_or(kBatchMax * kBatchMax));
  const LogTail::Batch batch = logs.last(*filter, count_max);
  if (filter->activation && batch.lines.empty() && count_max > 0) {
    return recordedLogs(context, *filter->activation, batch);
  }
  return jsonAnswer(batchJson(batch));
}

}  // namespace owpool::daemon
