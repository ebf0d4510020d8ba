#include <algorithm>
#include <utility>

#include "fmt/format.h"
#include "owpoold/api/action_input.h"
#include "owpoold/api/answers.h"
#include "owpoold/support/json_text.h"
#include "owpoold/support/names.h"
#include "owpoold/support/random.h"
#include "owpoold/api/invoke_route.h"
#include "owpoold/api/routes.h"
#include "owpoold/api/shapes.h"

namespace owpool::daemon {
namespace {

struct ActionPath {
  std::string package;  // May be empty.
  std::string name;
};

// Of Call::names.
absl::StatusOr<ActionPath> parsePath(const std::vector<std::string>& path) {
  for (const std::string& part : path) {
    if (!isEntityName(part)) {
      return absl::InvalidArgumentError(
          fmt::format("The name '{}' is not allowed: {}.", part.substr(0, 300), kEntityNameRule));
    }
  }
  return path.size() == 2 ? ActionPath{path[0], path[1]} : ActionPath{"", path[0]};
}

absl::Status concurrentModification() {
  return absl::AlreadyExistsError("Concurrent modification to resource detected.");
}

// The action that the call names.
absl::StatusOr<ActionRecord> findAction(const ApiContext& context, const Call& call) {
  const auto path = parsePath(call.names);
  if (!path.ok()) return path.status();
  auto record = context.store.findAction(call.owner(), path->package, path->name);
  if (!record.ok()) return record.status();
  if (!*record) return notFound();
  return **std::move(record);
}

// All actions of the package that the call names; there is at least one.
absl::StatusOr<std::vector<ActionRecord>> findPackage(const ApiContext& context,
                                                      const Call& call) {
  const auto path = parsePath(call.names);
  if (!path.ok()) return path.status();
  auto records = context.store.listPackageActions(call.owner(), call.names[0], kEverything);
  if (records.ok() && records->empty()) return notFound();
  return records;
}

http::Response countAnswer(std::string_view collection, std::int64_t number, std::int64_t skip) {
  const std::int64_t rest = std::max<std::int64_t>(0, number - skip);
  return jsonAnswer(ObjectText().integer(collection, rest).text());
}

http::Response summaries(const std::vector<ActionRecord>& records) {
  std::vector<std::string> texts;
  for (const ActionRecord& record : records) texts.push_back(actionSummaryJson(record));
  return jsonAnswer(arrayText(texts));
}

}  // namespace

Answer listActions(const ApiContext& context, const Call& call) {
  const auto page = queryPage(call.request, "actions");
  if (!page.ok()) return page.status();
  const auto count = queryFlag(call.request, "count");
  if (!count.ok()) return count.status();
  if (*count) {
    const auto number = context.store.countActions(call.owner());
    if (!number.ok()) return number.status();
    return countAnswer("actions", *number, page->skip);
  }
  const auto records = context.store.listActions(call.owner(), *page);
  if (!records.ok()) return records.status();
  return summaries(*records);
}

Answer listPackageActions(const ApiContext& context, const Call& call) {
  const auto page = queryPage(call.request, "actions");
  if (!page.ok()) return page.status();
  const auto count = queryFlag(call.request, "count");
  if (!count.ok()) return count.status();
  const auto all = findPackage(context, call);
  if (!all.ok()) return all.status();
  if (*count) return countAnswer("actions", static_cast<std::int64_t>(all->size()), page->skip);
  const auto records = context.store.listPackageActions(call.owner(), call.names[0], *page);
  if (!records.ok()) return records.status();
  return summaries(*records);
}

Answer listPackages(const ApiContext& context, const Call& call) {
  const auto page = queryPage(call.request, "packages");
  if (!page.ok()) return page.status();
  const auto count = queryFlag(call.request, "count");
  if (!count.ok()) return count.status();
  const auto records = context.store.listPackages(call.owner(), *count ? kEverything : *page);
  if (!records.ok()) return records.status();
  if (*count) {
    return countAnswer("packages", static_cast<std::int64_t>(records->size()), page->skip);
  }
  std::vector<std::string> texts;
  for (const PackageRecord& record : *records) {
    texts.push_back(packageSummaryJson(call.owner(), record));
  }
  return jsonAnswer(arrayText(texts));
}

Answer getPackage(const ApiContext& context, const Call& call) {
  const auto actions = findPackage(context, call);
  if (!actions.ok()) return actions.status();
  return jsonAnswer(packageJson(call.names[0], *actions));
}

Answer putAction(const ApiContext& context, const Call& call) {
  const auto path = parsePath(call.names);
  if (!path.ok()) return path.status();
  const auto overwrite = queryFlag(call.request, "overwrite");
  if (!overwrite.ok()) return overwrite.status();
  const auto existing = context.store.findAction(call.owner(), path->package, path->name);
  if (!existing.ok()) return existing.status();
  if (*existing && !*overwrite) return absl::AlreadyExistsError("resource already exists");

  const ActionRecord* base = *existing ? &**existing : nullptr;
  auto record = applyActionInput(call.request.body, base, context.manifest, context.limits());
  if (!record.ok()) return record.status();
  record->owner = call.owner();
  record->package = path->package;
  record->name = path->name;
  record->revision = randomLettersAndDigits(32);
  record->updated_ms = context.unix_millis();

  const auto stored = base != nullptr ? context.store.replaceAction(*record, base->revision)
                                      : context.store.insertAction(*record);
  context.actions.forget(record->owner, record->package, record->name);
  if (!stored.ok()) return stored.status();
  if (!*stored) {
    return *overwrite ? concurrentModification()
                      : absl::AlreadyExistsError("resource already exists");
  }
  return jsonAnswer(actionJson(*record, WithCode::Yes));
}

Answer getAction(const ApiContext& context, const Call& call) {
  const auto code = queryFlag(call.request, "code", true);
  if (!code.ok()) return code.status();
  const auto record = findAction(context, call);
  if (!record.ok()) return record.status();
  return jsonAnswer(actionJson(*record, *code ? WithCode::Yes : WithCode::No));
}

Answer deleteAction(const ApiContext& context, const Call& call) {
  const auto record = findAction(context, call);
  if (!record.ok()) return record.status();
  const auto deleted = context.store.deleteAction(call.owner(), record->package, record->name,
                                                  record->revision);
  context.actions.forget(record->owner, record->package, record->name);
  if (!deleted.ok()) return deleted.status();
  if (!*deleted) return concurrentModification();
  return jsonAnswer(actionJson(*record, WithCode::Yes));
}

Answer invokeAction(const ApiContext& context, const Call& call) {
  const auto path = parsePath(call.names);
  if (!path.ok()) return path.status();
  return invoke(context, call, path->package, path->name);
}

}  // namespace owpool::daemon
