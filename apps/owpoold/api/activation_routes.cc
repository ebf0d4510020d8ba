#include <algorithm>
#include <chrono>
#include <utility>

#include "absl/strings/ascii.h"
#include "fmt/format.h"
#include "owpoold/api/answers.h"
#include "owpoold/support/json_text.h"
#include "owpoold/support/names.h"
#include "owpoold/api/routes.h"
#include "owpoold/api/shapes.h"

namespace owpool::daemon {
namespace {

// An answered activation's record is written when its logs are there.
constexpr Duration kRecordWaitMax = std::chrono::seconds(2);

absl::StatusOr<ActivationQuery> parseQuery(const http::Request& request) {
  ActivationQuery query;
  const auto name = request.query.find("name");
  if (name != request.query.end() && !absl::StripAsciiWhitespace(name->second).empty()) {
    const std::string& path = name->second;
    const std::size_t slash = path.find('/');
    const bool valid = slash == std::string::npos
                           ? isEntityName(path)
                           : isEntityName(path.substr(0, slash)) &&
                                 isEntityName(path.substr(slash + 1));
    if (!valid) {
      return malformedQuery(
          "name", fmt::format("Parameter may be a 'simple' name or 'package-name/simple' name: {}",
                              path.substr(0, 600)));
    }
    query.path = path;
  }
  const auto since = queryInteger(request, "since", "activations");
  if (!since.ok()) return since.status();
  query.since_ms = since->value_or(query.since_ms);
  const auto upto = queryInteger(request, "upto", "activations");
  if (!upto.ok()) return upto.status();
  query.upto_ms = upto->value_or(query.upto_ms);
  return query;
}

absl::StatusOr<std::string> parseId(const std::string& text) {
  constexpr std::size_t kIdLength = 32;
  if (text.size() != kIdLength) {
    return absl::InvalidArgumentError(
        fmt::format("Activation id length is {} but must be {}.", text.size(), kIdLength));
  }
  if (!ActivationId::parse(text)) {
    return absl::InvalidArgumentError("The activation id is not valid: it is hexadecimal.");
  }
  return absl::AsciiStrToLower(text);
}

// The record that the call names, waiting a little for it to be written.
absl::StatusOr<ActivationRecord> findActivation(const ApiContext& context, const Call& call) {
  const auto id = parseId(call.names[0]);
  if (!id.ok()) return id.status();
  context.invoker.awaitRecord(*id, kRecordWaitMax);
  auto record = context.store.findActivation(call.owner(), *id);
  if (!record.ok()) return record.status();
  if (!*record) return notFound();
  return **std::move(record);
}

}  // namespace

Answer listActivations(const ApiContext& context, const Call& call) {
  const auto page = queryPage(call.request, "activations");
  if (!page.ok()) return page.status();
  const auto query = parseQuery(call.request);
  if (!query.ok()) return query.status();
  const auto docs = queryFlag(call.request, "docs");
  if (!docs.ok()) return docs.status();
  const auto count = queryFlag(call.request, "count");
  if (!count.ok()) return count.status();
  if (*docs && *count) {
    return absl::InvalidArgumentError(
        "The parameter 'docs' is not permitted with 'count'.");
  }

  context.invoker.awaitRecords(kRecordWaitMax);
  if (*count) {
    const auto number = context.store.countActivations(call.owner(), *query);
    if (!number.ok()) return number.status();
    const std::int64_t rest = std::max<std::int64_t>(0, *number - page->skip);
    return jsonAnswer(ObjectText().integer("activations", rest).text());
  }
  const auto content = *docs ? Store::Content::Whole : Store::Content::Brief;
  const auto records = context.store.listActivations(call.owner(), *query, *page, content);
  if (!records.ok()) return records.status();
  std::vector<std::string> texts;
  for (const ActivationRecord& record : *records) {
    texts.push_back(*docs ? activationJson(record) : activationSummaryJson(record));
  }
  return jsonAnswer(arrayText(texts));
}

Answer getActivation(const ApiContext& context, const Call& call) {
  const auto record = findActivation(context, call);
  if (!record.ok()) return record.status();
  return jsonAnswer(activationJson(*record));
}

Answer getActivationResult(const ApiContext& context, const Call& call) {
  const auto record = findActivation(context, call);
  if (!record.ok()) return record.status();
  return jsonAnswer(activationResultJson(*record));
}

Answer getActivationLogs(const ApiContext& context, const Call& call) {
  const auto record = findActivation(context, call);
  if (!record.ok()) return record.status();
  return jsonAnswer(ObjectText().json("logs", record->logs).text());
}

}  // namespace owpool::daemon
