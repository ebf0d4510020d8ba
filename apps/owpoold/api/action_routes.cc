#include <utility>

#include "fmt/format.h"
#include "owpoold/api/action_input.h"
#include "owpoold/api/answers.h"
#include "owpoold/support/json_text.h"
#include "owpoold/support/names.h"
#include "owpoold/support/random.h"
#include "owpoold/api/routes.h"
#include "owpoold/api/shapes.h"

namespace owpool::daemon {
namespace {

struct ActionPath {
  std::string package;  // May be empty.
  std::string name;
};

absl::StatusOr<ActionPath> parsePath(const std::vector<std::string>& path) {
  for (const std::string& part : path) {
    if (!isEntityName(part)) {
      return absl::InvalidArgumentError(
          fmt::format("The name '{}' is not allowed: {}.", part.substr(0, 300), kEntityNameRule));
    }
  }
  if (path.size() > 2) return notFound();
  return path.size() == 2 ? ActionPath{path[0], path[1]} : ActionPath{"", path[0]};
}

absl::StatusOr<http::Response> listActions(const ApiContext& context, const Call& call) {
  const auto page = queryPage(call.request, "actions");
  if (!page.ok()) return page.status();
  const auto count = queryFlag(call.request, "count");
  if (!count.ok()) return count.status();
  if (*count) {
    const auto number = context.store.countActions(call.owner());
    if (!number.ok()) return number.status();
    return jsonAnswer(ObjectText().integer("actions", *number).text());
  }
  const auto records = context.store.listActions(call.owner(), *page);
  if (!records.ok()) return records.status();
  std::vector<std::string> texts;
  for (const ActionRecord& record : *records) texts.push_back(actionSummaryJson(record));
  return jsonAnswer(arrayText(texts));
}

absl::StatusOr<http::Response> putAction(const ApiContext& context, const Call& call,
                                         const ActionPath& path) {
  const auto overwrite = queryFlag(call.request, "overwrite");
  if (!overwrite.ok()) return overwrite.status();
  const auto existing = context.store.findAction(call.owner(), path.package, path.name);
  if (!existing.ok()) return existing.status();
  if (*existing && !*overwrite) return absl::AlreadyExistsError("resource already exists");

  const ActionRecord* base = *existing ? &**existing : nullptr;
  auto record = applyActionInput(call.request.body, base, context.manifest, context.limits);
  if (!record.ok()) return record.status();
  record->owner = call.owner();
  record->package = path.package;
  record->name = path.name;
  record->revision = randomLettersAndDigits(32);
  record->updated_ms = context.unix_millis();

  const auto stored = base != nullptr ? context.store.replaceAction(*record, base->revision)
                                      : context.store.insertAction(*record);
  context.actions.forget(record->owner, record->package, record->name);
  if (!stored.ok()) return stored.status();
  if (!*stored) {
    return absl::AlreadyExistsError(base != nullptr
                                        ? "Concurrent modification to resource detected."
                                        : "resource already exists");
  }
  return jsonAnswer(actionJson(*record, WithCode::Yes));
}

absl::StatusOr<http::Response> deleteAction(const ApiContext& context, const ActionRecord& record) {
  const auto deleted = context.store.deleteAction(record.owner, record.package, record.name);
  context.actions.forget(record.owner, record.package, record.name);
  if (!deleted.ok()) return deleted.status();
  if (!*deleted) return notFound();
  return jsonAnswer(actionJson(record, WithCode::Yes));
}

absl::StatusOr<http::Response> getAction(const Call& call, const ActionRecord& record) {
  const auto found = call.request.query.find("code");
  const bool asked_without = found != call.request.query.end() && found->second == "false";
  return jsonAnswer(actionJson(record, asked_without ? WithCode::No : WithCode::Yes));
}

}  // namespace

absl::StatusOr<http::Response> actionRoutes(const ApiContext& context, const Call& call) {
  const std::string& method = call.request.method;
  if (call.path.empty()) {
    if (method != "GET" && method != "HEAD") return methodNotAllowed("GET");
    return listActions(context, call);
  }
  const auto path = parsePath(call.path);
  if (!path.ok()) return path.status();
  if (method == "PUT") return putAction(context, call, *path);
  if (method != "GET" && method != "HEAD" && method != "DELETE" && method != "POST") {
    return methodNotAllowed("PUT, GET, DELETE, POST");
  }

  if (method == "POST") return invokeRoute(context, call, path->package, path->name);
  const auto record = context.store.findAction(call.owner(), path->package, path->name);
  if (!record.ok()) return record.status();
  if (!*record) return notFound();
  if (method == "DELETE") return deleteAction(context, **record);
  return getAction(call, **record);
}

}  // namespace owpool::daemon
