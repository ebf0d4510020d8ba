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
  if (const auto name = request.query.find("name"); name != request.query.end()) {
    const std::string& path = name->second;
    const std::size_t slash = path.find('/');
    const bool valid = slash == std::string::npos
                           ? isEntityName(path)
                           : isEntityName(path.substr(0, slash)) &&
                                 isEntityName(path.substr(slash + 1));
    if (!valid) {
      return absl::InvalidArgumentError(
          fmt::format("The query parameter 'name' was malformed:\nit must be NAME or PACKAGE/NAME; "
                      "{}.", kEntityNameRule));
    }
    query.path = path;
  }
  const auto since = queryInteger(request, "since");
  if (!since.ok()) return since.status();
  query.since_ms = since->value_or(query.since_ms);
  const auto upto = queryInteger(request, "upto");
  if (!upto.ok()) return upto.status();
  query.upto_ms = upto->value_or(query.upto_ms);
  return query;
}

absl::StatusOr<http::Response> listActivations(const ApiContext& context, const Call& call) {
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
        "The parameters 'docs' and 'count' cannot be used together.");
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

}  // namespace

absl::StatusOr<http::Response> activationRoutes(const ApiContext& context, const Call& call) {
  if (call.request.method != "GET" && call.request.method != "HEAD") {
    return methodNotAllowed("GET");
  }
  if (call.path.empty()) return listActivations(context, call);
  if (call.path.size() > 2) return notFound();
  const auto id = parseId(call.path[0]);
  if (!id.ok()) return id.status();

  context.invoker.awaitRecord(*id, kRecordWaitMax);
  const auto record = context.store.findActivation(call.owner(), *id);
  if (!record.ok()) return record.status();
  if (!*record) return notFound();
  if (call.path.size() == 1) return jsonAnswer(activationJson(**record));
  if (call.path[1] == "result") return jsonAnswer(activationResultJson(**record));
  if (call.path[1] == "logs") {
    return jsonAnswer(ObjectText().json("logs", (*record)->logs).text());
  }
  return notFound();
}

}  // namespace owpool::daemon
