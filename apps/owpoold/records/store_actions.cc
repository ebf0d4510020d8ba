// The part of the store that has actions.
#include <utility>

#include "json/json.h"
#include "owpoold/records/store.h"

namespace owpool::daemon {
namespace {

KeyValues readKeyValues(const std::string& text) {
  const auto value = json::parse(text);
  // We wrote it ourselves; a file that somebody damaged gives nothing rather than a crash.
  if (!value.ok()) return {};
  return parseKeyValues(*value).value_or(KeyValues());
}

ActionRecord readAction(const Database::Statement& row, const NamespaceId& owner) {
  ActionRecord record;
  record.owner = owner;
  record.package = row.text(0);
  record.name = row.text(1);
  record.version = row.text(2);
  record.revision = row.text(3);
  record.kind = row.text(4);
  record.binary = row.integer(5) != 0;
  if (!row.isNull(6)) record.main = row.text(6);
  record.parameters = readKeyValues(row.text(7));
  record.annotations = readKeyValues(row.text(8));
  record.limits = {row.integer(9), row.integer(10), row.integer(11), row.integer(12)};
  record.publish = row.integer(13) != 0;
  record.updated_ms = row.integer(14);
  if (!row.isNull(15)) record.image = row.text(15);
  return record;
}

// To the parameters 1 to 18 of insert_action and replace_action.
void bindAction(Database::Statement& statement, const ActionRecord& record) {
  statement.bind(1, record.package).bind(2, record.name).bind(3, record.version);
  statement.bind(4, record.revision).bind(5, record.kind).bind(6, std::int64_t{record.binary});
  if (record.main) {
    statement.bind(7, *record.main);
  } else {
    statement.bindNull(7);
  }
  statement.bind(8, keyValuesJson(record.parameters)).bind(9, keyValuesJson(record.annotations));
  statement.bind(10, record.limits.timeout_ms).bind(11, record.limits.memory_mb);
  statement.bind(12, record.limits.logs_mb).bind(13, record.limits.concurrency);
  statement.bind(14, std::int64_t{record.publish}).bind(15, record.updated_ms);
  if (record.image) {
    statement.bind(16, *record.image);
  } else {
    statement.bindNull(16);
  }
  statement.bind(17, record.code).bind(18, record.owner.number);
}

absl::StatusOr<std::vector<ActionRecord>> readActions(Database::Statement& statement,
                                                      const NamespaceId& owner) {
  std::vector<ActionRecord> records;
  for (;;) {
    const auto has_row = statement.step();
    if (!has_row.ok()) return has_row.status();
    if (!*has_row) return records;
    records.push_back(readAction(statement, owner));
  }
}

}  // namespace

absl::StatusOr<std::optional<ActionRecord>> Store::findAction(const NamespaceId& owner,
                                                              const std::string& package,
                                                              const std::string& name) {
  std::lock_guard lock(mutex_);
  auto& statement = statements_.find_action;
  statement.bind(1, package).bind(2, name).bind(3, owner.number);
  const auto has_row = statement.step();
  if (!has_row.ok()) return has_row.status();
  if (!*has_row) return std::optional<ActionRecord>();
  ActionRecord record = readAction(statement, owner);
  record.code = statement.text(16);
  statement.reset();
  return std::optional<ActionRecord>(std::move(record));
}

absl::StatusOr<bool> Store::insertAction(const ActionRecord& record) {
  std::lock_guard lock(mutex_);
  bindAction(statements_.insert_action, record);
  if (const auto status = statements_.insert_action.run(); !status.ok()) return status;
  return database_->changes() > 0;
}

absl::StatusOr<bool> Store::replaceAction(const ActionRecord& record, const std::string& revision) {
  std::lock_guard lock(mutex_);
  bindAction(statements_.replace_action, record);
  statements_.replace_action.bind(19, revision);
  if (const auto status = statements_.replace_action.run(); !status.ok()) return status;
  return database_->changes() > 0;
}

absl::StatusOr<bool> Store::deleteAction(const NamespaceId& owner, const std::string& package,
                                         const std::string& name, const std::string& revision) {
  std::lock_guard lock(mutex_);
  auto& statement = statements_.delete_action;
  statement.bind(1, package).bind(2, name).bind(3, owner.number).bind(4, revision);
  const auto status = statement.run();
  if (!status.ok()) return status;
  return database_->changes() > 0;
}

absl::StatusOr<std::vector<ActionRecord>> Store::listActions(const NamespaceId& owner, Page page) {
  std::lock_guard lock(mutex_);
  auto& statement = statements_.list_actions;
  statement.bind(1, page.limit).bind(2, page.skip).bind(3, owner.number);
  return readActions(statement, owner);
}

absl::StatusOr<std::vector<ActionRecord>> Store::listPackageActions(const NamespaceId& owner,
                                                                    const std::string& package,
                                                                    Page page) {
  std::lock_guard lock(mutex_);
  auto& statement = statements_.list_package_actions;
  statement.bind(1, page.limit).bind(2, page.skip).bind(3, owner.number).bind(4, package);
  return readActions(statement, owner);
}

absl::StatusOr<std::vector<PackageRecord>> Store::listPackages(const NamespaceId& owner,
                                                               Page page) {
  std::lock_guard lock(mutex_);
  auto& statement = statements_.list_packages;
  statement.bind(1, page.limit).bind(2, page.skip).bind(3, owner.number);
  std::vector<PackageRecord> records;
  for (;;) {
    const auto has_row = statement.step();
    if (!has_row.ok()) return has_row.status();
    if (!*has_row) return records;
    records.push_back({statement.text(0), statement.integer(1)});
  }
}

absl::StatusOr<std::int64_t> Store::countActions(const NamespaceId& owner) {
  std::lock_guard lock(mutex_);
  return statements_.count_actions.bind(1, owner.number).count();
}

}  // namespace owpool::daemon
