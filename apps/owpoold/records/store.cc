#include "owpoold/records/store.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "fmt/format.h"
#include "owpoold/records/schema.h"

namespace owpool::daemon {
namespace {

// In the order of readAction().
#define OWPOOLD_ACTION_COLUMNS                                                              \
  "package, name, version, revision, kind, binary, main, parameters, annotations, "          \
  "timeout_ms, memory_mb, logs_mb, concurrency, publish, updated_ms, image"
// The same for lists, which show no parameters: of each action these may be a megabyte. Nor
// do they show images, which in older tables come after the code.
#define OWPOOLD_ACTION_COLUMNS_OF_LIST                                                      \
  "package, name, version, revision, kind, binary, main, '[]', annotations, timeout_ms, "     \
  "memory_mb, logs_mb, concurrency, publish, updated_ms, NULL"
#define OWPOOLD_ACTION_VALUES                                                               \
  "?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18"
// In the order of readActivation().
#define OWPOOLD_ACTIVATION_COLUMNS                                                          \
  "id, path, name, version, start_ms, end_ms, duration_ms, status, result, logs, annotations"
#define OWPOOLD_ACTIVATION_FILTER                                                           \
  " FROM activations WHERE namespace = ?1 AND start_ms BETWEEN ?2 AND ?3 "                   \
  "AND (?4 IS NULL OR path = ?4)"

void bindOptional(Database::Statement& statement, int position,
                  const std::optional<std::int64_t>& value) {
  if (value) {
    statement.bind(position, *value);
  } else {
    statement.bindNull(position);
  }
}

std::optional<std::int64_t> readOptional(const Database::Statement& row, int column) {
  if (row.isNull(column)) return std::nullopt;
  return row.integer(column);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Store>> Store::open(const std::string& path,
                                                   std::function<std::int64_t()> unix_millis,
                                                   Retention retention) {
  std::unique_ptr<Store> store(new Store(std::move(unix_millis)));
  store->retention_ = retention;
  auto database = Database::open(path);
  if (!database.ok()) return database.status();
  store->database_ = *std::move(database);
  absl::Status status = prepareSchema(*store->database_);
  if (status.ok()) status = store->prepareStatements();
  // What is too old goes now, a batch at a time; what is too many with the next insertions.
  while (status.ok() && store->next_trim_ms_ <= store->unix_millis_()) {
    status = store->trimActivations();
  }
  if (!status.ok()) {
    return absl::Status(status.code(), fmt::format("{}: {}", path, std::string(status.message())));
  }
  return store;
}

absl::Status Store::check(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return absl::OkStatus();
  const auto database = Database::open(path);
  if (!database.ok()) return database.status();
  const auto status = checkSchema(**database);
  return absl::Status(status.code(), fmt::format("{}: {}", path, std::string(status.message())));
}

absl::Status Store::prepareStatements() {
  absl::Status status;
  const auto prepare = [&](Database::Statement& target, const std::string& sql) {
    auto statement = database_->prepare(sql);
    status.Update(statement.status());
    if (statement.ok()) target = *std::move(statement);
  };
  Statements& s = statements_;
  prepare(s.list_namespaces,
          "SELECT number, name, uuid, key_sha256, concurrent_invocations, invocations_per_minute, "
          "created_ms FROM namespaces ORDER BY name");
  prepare(s.insert_namespace,
          "INSERT INTO namespaces (name, uuid, key_sha256, concurrent_invocations, "
          "invocations_per_minute, created_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6) RETURNING number");
  prepare(s.update_namespace,
          "UPDATE namespaces SET (key_sha256, concurrent_invocations, invocations_per_minute) = "
          "(?2, ?3, ?4) WHERE number = ?1");
  prepare(s.delete_namespace,
          "DELETE FROM namespaces WHERE number = ?1 AND "
          "(?2 OR NOT EXISTS (SELECT 1 FROM actions WHERE namespace = ?1))");
  prepare(s.delete_namespace_actions, "DELETE FROM actions WHERE namespace = ?1");

  prepare(s.find_action, "SELECT " OWPOOLD_ACTION_COLUMNS
                         ", code FROM actions WHERE package = ?1 AND name = ?2 AND namespace = ?3");
  prepare(s.insert_action,
          "INSERT INTO actions (" OWPOOLD_ACTION_COLUMNS
          ", code, namespace) SELECT " OWPOOLD_ACTION_VALUES
          " WHERE EXISTS (SELECT 1 FROM namespaces WHERE number = ?18) ON CONFLICT DO NOTHING");
  prepare(s.replace_action,
          "UPDATE actions SET (" OWPOOLD_ACTION_COLUMNS
          ", code, namespace) = (" OWPOOLD_ACTION_VALUES
          ") WHERE package = ?1 AND name = ?2 AND namespace = ?18 AND revision = ?19");
  prepare(s.delete_action,
          "DELETE FROM actions WHERE package = ?1 AND name = ?2 AND namespace = ?3 "
          "AND revision = ?4");
  prepare(s.list_actions,
          "SELECT " OWPOOLD_ACTION_COLUMNS_OF_LIST " FROM actions WHERE namespace = ?3 "
          "ORDER BY updated_ms DESC, rowid DESC LIMIT ?1 OFFSET ?2");
  prepare(s.list_packages,
          "SELECT package, max(updated_ms) FROM actions WHERE namespace = ?3 AND package <> '' "
          "GROUP BY package ORDER BY package LIMIT ?1 OFFSET ?2");
  prepare(s.list_package_actions,
          "SELECT " OWPOOLD_ACTION_COLUMNS_OF_LIST
          " FROM actions WHERE namespace = ?3 AND package = ?4 "
          "ORDER BY updated_ms DESC, rowid DESC LIMIT ?1 OFFSET ?2");
  prepare(s.count_actions, "SELECT count(*) FROM actions WHERE namespace = ?1");

  prepare(s.insert_activation,
          "INSERT INTO activations (" OWPOOLD_ACTIVATION_COLUMNS ", namespace) VALUES "
          "(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)");
  prepare(s.trim_by_count,
          "DELETE FROM activations WHERE number IN (SELECT number FROM activations WHERE number <= "
          "(SELECT max(number) FROM activations) - ?1 ORDER BY number LIMIT ?2)");
  prepare(s.trim_by_age,
          "DELETE FROM activations WHERE number IN (SELECT number FROM "
          "(SELECT number, end_ms FROM activations ORDER BY number LIMIT ?2) WHERE end_ms < ?1)");
  prepare(s.find_activation,
          "SELECT " OWPOOLD_ACTIVATION_COLUMNS
          " FROM activations WHERE id = ?1 AND namespace = ?2 AND start_ms >= ?3");
  prepare(s.list_activations,
          "SELECT id, path, name, version, start_ms, end_ms, duration_ms, status, "
          "iif(?7, result, ''), iif(?7, logs, ''), annotations" OWPOOLD_ACTIVATION_FILTER
          " ORDER BY start_ms DESC, number DESC LIMIT ?5 OFFSET ?6");
  prepare(s.count_activations, "SELECT count(*)" OWPOOLD_ACTIVATION_FILTER);
  return status;
}

absl::StatusOr<std::vector<NamespaceRecord>> Store::listNamespaces() {
  std::lock_guard lock(mutex_);
  auto& row = statements_.list_namespaces;
  std::vector<NamespaceRecord> records;
  for (;;) {
    const auto has_row = row.step();
    if (!has_row.ok()) return has_row.status();
    if (!*has_row) return records;
    records.push_back({{row.integer(0), row.text(1)},
                       row.text(2),
                       row.text(3),
                       {readOptional(row, 4), readOptional(row, 5)},
                       row.integer(6)});
  }
}

absl::StatusOr<std::int64_t> Store::insertNamespace(const NamespaceRecord& record) {
  std::lock_guard lock(mutex_);
  auto& statement = statements_.insert_namespace;
  statement.bind(1, record.id.name).bind(2, record.uuid).bind(3, record.key_sha256);
  bindOptional(statement, 4, record.limits.concurrent_invocations);
  bindOptional(statement, 5, record.limits.invocations_per_minute);
  return statement.bind(6, record.created_ms).count();
}

absl::Status Store::updateNamespace(const NamespaceRecord& record) {
  std::lock_guard lock(mutex_);
  auto& statement = statements_.update_namespace;
  statement.bind(1, record.id.number).bind(2, record.key_sha256);
  bindOptional(statement, 3, record.limits.concurrent_invocations);
  bindOptional(statement, 4, record.limits.invocations_per_minute);
  return statement.run();
}

absl::StatusOr<bool> Store::deleteNamespace(const NamespaceId& owner, bool with_actions) {
  std::lock_guard lock(mutex_);
  absl::Status status = database_->execute("BEGIN IMMEDIATE");
  if (!status.ok()) return status;
  status = statements_.delete_namespace.bind(1, owner.number).bind(2, std::int64_t{with_actions})
               .run();
  const bool is_deleted = database_->changes() > 0;
  if (status.ok() && is_deleted) {
    status = statements_.delete_namespace_actions.bind(1, owner.number).run();
  }
  const absl::Status end = database_->execute(status.ok() ? "COMMIT" : "ROLLBACK");
  status.Update(end);
  if (!status.ok()) return status;
  return is_deleted;
}

absl::Status Store::checkWritable() {
  std::lock_guard lock(mutex_);
  return database_->execute("PRAGMA application_id = 1870098540");  // "owpl"
}

}  // namespace owpool::daemon
