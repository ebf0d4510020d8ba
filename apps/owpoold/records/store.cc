#include "owpoold/records/store.h"

#include <utility>

#include "fmt/format.h"

namespace owpool::daemon {
namespace {

constexpr std::int64_t kSchemaVersion = 1;

constexpr const char* kSchema = R"sql(
  BEGIN IMMEDIATE;
  CREATE TABLE actions (
    package TEXT NOT NULL, name TEXT NOT NULL, version TEXT NOT NULL, revision TEXT NOT NULL,
    kind TEXT NOT NULL, binary INTEGER NOT NULL, main TEXT,
    parameters TEXT NOT NULL, annotations TEXT NOT NULL, timeout_ms INTEGER NOT NULL,
    memory_mb INTEGER NOT NULL, logs_mb INTEGER NOT NULL, concurrency INTEGER NOT NULL,
    publish INTEGER NOT NULL, updated_ms INTEGER NOT NULL,
    code TEXT NOT NULL,  -- Last, so that a list does not read it.
    UNIQUE (package, name));
  CREATE INDEX actions_by_update ON actions (updated_ms);
  CREATE TABLE activations (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE, path TEXT NOT NULL, name TEXT NOT NULL, version TEXT NOT NULL,
    start_ms INTEGER NOT NULL, end_ms INTEGER NOT NULL, duration_ms INTEGER NOT NULL,
    status INTEGER NOT NULL, result TEXT NOT NULL, logs TEXT NOT NULL, annotations TEXT NOT NULL);
  CREATE INDEX activations_by_start ON activations (start_ms);
  CREATE INDEX activations_by_path ON activations (path, start_ms);
  PRAGMA user_version = 1;
  COMMIT;
)sql";

// In the order of readAction().
#define OWPOOLD_ACTION_COLUMNS                                                              \
  "package, name, version, revision, kind, binary, main, parameters, annotations, "          \
  "timeout_ms, memory_mb, logs_mb, concurrency, publish, updated_ms"
#define OWPOOLD_ACTIVATION_COLUMNS                                                          \
  "id, path, name, version, start_ms, end_ms, duration_ms, status, result, logs, annotations"
#define OWPOOLD_ACTIVATION_FILTER                                                           \
  " FROM activations WHERE (?1 IS NULL OR path = ?1) AND start_ms BETWEEN ?2 AND ?3"

KeyValues readKeyValues(const std::string& text) {
  const auto value = json::parse(text);
  // We wrote it ourselves; a file that somebody damaged gives nothing rather than a crash.
  if (!value.ok()) return {};
  return parseKeyValues(*value).value_or(KeyValues());
}

ActionRecord readAction(const Database::Statement& row) {
  ActionRecord record;
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
  return record;
}

// To the parameters 1 to 16 of insert_action and replace_action.
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
  statement.bind(16, record.code);
}

ActivationRecord readActivation(const Database::Statement& row) {
  ActivationRecord record;
  record.id = row.text(0);
  record.path = row.text(1);
  record.name = row.text(2);
  record.version = row.text(3);
  record.start_ms = row.integer(4);
  record.end_ms = row.integer(5);
  record.duration_ms = row.integer(6);
  record.status = static_cast<ActivationStatus>(row.integer(7));
  record.result = row.text(8);
  record.logs = row.text(9);
  record.annotations = row.text(10);
  return record;
}

void bindQuery(Database::Statement& statement, const ActivationQuery& query) {
  if (query.path) {
    statement.bind(1, *query.path);
  } else {
    statement.bindNull(1);
  }
  statement.bind(2, query.since_ms).bind(3, query.upto_ms);
}

absl::StatusOr<std::int64_t> readCount(Database::Statement& statement) {
  const auto has_row = statement.step();
  if (!has_row.ok()) return has_row.status();
  const std::int64_t count = statement.integer(0);
  statement.reset();
  return count;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Store>> Store::open(const std::string& path,
                                                   std::int64_t activations_max) {
  std::unique_ptr<Store> store(new Store);
  store->activations_max_ = activations_max;
  auto database = Database::open(path);
  if (!database.ok()) return database.status();
  store->database_ = *std::move(database);
  absl::Status status = store->prepareSchema(path);
  if (status.ok()) status = store->prepareStatements();
  if (!status.ok()) return status;
  return store;
}

absl::Status Store::prepareSchema(const std::string& path) {
  auto pragma = database_->prepare("PRAGMA user_version");
  if (!pragma.ok()) return pragma.status();
  const auto version = readCount(*pragma);
  if (!version.ok()) return version.status();
  if (*version == 0) return database_->execute(kSchema);
  if (*version != kSchemaVersion) {
    return absl::FailedPreconditionError(
        fmt::format("{}: its schema has version {}, this owpoold knows version {}: it was written "
                    "by a newer owpoold", path, *version, kSchemaVersion));
  }
  return absl::OkStatus();
}

absl::Status Store::prepareStatements() {
  absl::Status status;
  const auto prepare = [&](Database::Statement& target, const std::string& sql) {
    auto statement = database_->prepare(sql);
    status.Update(statement.status());
    if (statement.ok()) target = *std::move(statement);
  };
  Statements& s = statements_;
  prepare(s.find_action, "SELECT " OWPOOLD_ACTION_COLUMNS
                         ", code FROM actions WHERE package = ?1 AND name = ?2");
  prepare(s.insert_action,
          "INSERT INTO actions (" OWPOOLD_ACTION_COLUMNS ", code) VALUES "
          "(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16) "
          "ON CONFLICT DO NOTHING");
  prepare(s.replace_action,
          "UPDATE actions SET (" OWPOOLD_ACTION_COLUMNS ", code) = "
          "(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16) "
          "WHERE package = ?1 AND name = ?2 AND revision = ?17");
  prepare(s.delete_action, "DELETE FROM actions WHERE package = ?1 AND name = ?2");
  prepare(s.list_actions, "SELECT " OWPOOLD_ACTION_COLUMNS
                          " FROM actions ORDER BY updated_ms DESC, rowid DESC LIMIT ?1 OFFSET ?2");
  prepare(s.count_actions, "SELECT count(*) FROM actions");
  prepare(s.insert_activation, "INSERT INTO activations (" OWPOOLD_ACTIVATION_COLUMNS
                               ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)");
  prepare(s.trim_activations,
          "DELETE FROM activations WHERE number <= (SELECT max(number) FROM activations) - ?1");
  prepare(s.find_activation,
          "SELECT " OWPOOLD_ACTIVATION_COLUMNS " FROM activations WHERE id = ?1");
  prepare(s.list_activations,
          "SELECT id, path, name, version, start_ms, end_ms, duration_ms, status, "
          "iif(?6, result, ''), iif(?6, logs, ''), annotations" OWPOOLD_ACTIVATION_FILTER
          " ORDER BY start_ms DESC, number DESC LIMIT ?4 OFFSET ?5");
  prepare(s.count_activations, "SELECT count(*)" OWPOOLD_ACTIVATION_FILTER);
  return status;
}

absl::StatusOr<std::optional<ActionRecord>> Store::findAction(const std::string& package,
                                                              const std::string& name) {
  std::lock_guard lock(mutex_);
  auto& statement = statements_.find_action.bind(1, package).bind(2, name);
  const auto has_row = statement.step();
  if (!has_row.ok()) return has_row.status();
  if (!*has_row) return std::optional<ActionRecord>();
  ActionRecord record = readAction(statement);
  record.code = statement.text(15);
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
  statements_.replace_action.bind(17, revision);
  if (const auto status = statements_.replace_action.run(); !status.ok()) return status;
  return database_->changes() > 0;
}

absl::StatusOr<bool> Store::deleteAction(const std::string& package, const std::string& name) {
  std::lock_guard lock(mutex_);
  const auto status = statements_.delete_action.bind(1, package).bind(2, name).run();
  if (!status.ok()) return status;
  return database_->changes() > 0;
}

absl::StatusOr<std::vector<ActionRecord>> Store::listActions(Page page) {
  std::lock_guard lock(mutex_);
  auto& statement = statements_.list_actions.bind(1, page.limit).bind(2, page.skip);
  std::vector<ActionRecord> records;
  for (;;) {
    const auto has_row = statement.step();
    if (!has_row.ok()) return has_row.status();
    if (!*has_row) return records;
    records.push_back(readAction(statement));
  }
}

absl::StatusOr<std::int64_t> Store::countActions() {
  std::lock_guard lock(mutex_);
  return readCount(statements_.count_actions);
}

absl::Status Store::insertActivation(const ActivationRecord& record) {
  std::lock_guard lock(mutex_);
  auto& statement = statements_.insert_activation;
  statement.bind(1, record.id).bind(2, record.path).bind(3, record.name).bind(4, record.version);
  statement.bind(5, record.start_ms).bind(6, record.end_ms).bind(7, record.duration_ms);
  statement.bind(8, static_cast<std::int64_t>(record.status)).bind(9, record.result);
  statement.bind(10, record.logs).bind(11, record.annotations);
  if (auto status = statement.run(); !status.ok()) return status;
  return statements_.trim_activations.bind(1, activations_max_).run();
}

absl::StatusOr<std::optional<ActivationRecord>> Store::findActivation(const std::string& id) {
  std::lock_guard lock(mutex_);
  auto& statement = statements_.find_activation.bind(1, id);
  const auto has_row = statement.step();
  if (!has_row.ok()) return has_row.status();
  if (!*has_row) return std::optional<ActivationRecord>();
  std::optional<ActivationRecord> record = readActivation(statement);
  statement.reset();
  return record;
}

absl::StatusOr<std::vector<ActivationRecord>> Store::listActivations(const ActivationQuery& query,
                                                                     Page page, Content content) {
  std::lock_guard lock(mutex_);
  auto& statement = statements_.list_activations;
  bindQuery(statement, query);
  statement.bind(4, page.limit).bind(5, page.skip);
  statement.bind(6, std::int64_t{content == Content::Whole});
  std::vector<ActivationRecord> records;
  for (;;) {
    const auto has_row = statement.step();
    if (!has_row.ok()) return has_row.status();
    if (!*has_row) return records;
    records.push_back(readActivation(statement));
  }
}

absl::StatusOr<std::int64_t> Store::countActivations(const ActivationQuery& query) {
  std::lock_guard lock(mutex_);
  bindQuery(statements_.count_activations, query);
  return readCount(statements_.count_activations);
}

}  // namespace owpool::daemon
