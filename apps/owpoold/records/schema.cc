#include "owpoold/records/schema.h"

#include <cstdint>
#include <string>

#include "fmt/format.h"

namespace owpool::daemon {
namespace {

constexpr std::int64_t kSchemaVersion = 3;

constexpr const char* kNamespaces = R"sql(
  CREATE TABLE namespaces (
    number INTEGER PRIMARY KEY AUTOINCREMENT,  -- Never used again.
    name TEXT NOT NULL UNIQUE, uuid TEXT NOT NULL UNIQUE, key_sha256 TEXT NOT NULL,
    concurrent_invocations INTEGER, invocations_per_minute INTEGER,  -- NULL: the default.
    created_ms INTEGER NOT NULL);
)sql";

constexpr const char* kActions = R"sql(
  CREATE TABLE actions (
    namespace INTEGER NOT NULL,
    package TEXT NOT NULL, name TEXT NOT NULL, version TEXT NOT NULL, revision TEXT NOT NULL,
    kind TEXT NOT NULL, binary INTEGER NOT NULL, main TEXT,
    parameters TEXT NOT NULL, annotations TEXT NOT NULL, timeout_ms INTEGER NOT NULL,
    memory_mb INTEGER NOT NULL, logs_mb INTEGER NOT NULL, concurrency INTEGER NOT NULL,
    publish INTEGER NOT NULL, updated_ms INTEGER NOT NULL,
    image TEXT,  -- Of the kind "blackbox".
    code TEXT NOT NULL,  -- Last, so that a list does not read it.
    UNIQUE (namespace, package, name));
  CREATE INDEX actions_by_update ON actions (namespace, updated_ms);
)sql";

constexpr const char* kActivations = R"sql(
  CREATE TABLE activations (
    number INTEGER PRIMARY KEY AUTOINCREMENT, namespace INTEGER NOT NULL,
    id TEXT NOT NULL UNIQUE, path TEXT NOT NULL, name TEXT NOT NULL, version TEXT NOT NULL,
    start_ms INTEGER NOT NULL, end_ms INTEGER NOT NULL, duration_ms INTEGER NOT NULL,
    status INTEGER NOT NULL, result TEXT NOT NULL, logs TEXT NOT NULL, annotations TEXT NOT NULL);
)sql";

constexpr const char* kActivationIndexes = R"sql(
  CREATE INDEX activations_by_start ON activations (namespace, start_ms);
  CREATE INDEX activations_by_path ON activations (namespace, path, start_ms);
)sql";

// A new UNIQUE rule needs a new table; the activations, which may be many, are not copied.
constexpr const char* kActionsFromVersion1 = R"sql(
  DROP INDEX actions_by_update;
  ALTER TABLE actions RENAME TO actions_1;
)sql";
constexpr const char* kCopyFromVersion1 = R"sql(
  INSERT INTO actions (namespace, package, name, version, revision, kind, binary, main, parameters,
                       annotations, timeout_ms, memory_mb, logs_mb, concurrency, publish,
                       updated_ms, code)
    SELECT 1, package, name, version, revision, kind, binary, main, parameters, annotations,
           timeout_ms, memory_mb, logs_mb, concurrency, publish, updated_ms, code
    FROM actions_1 ORDER BY rowid;
  DROP TABLE actions_1;
  DROP INDEX activations_by_start;
  DROP INDEX activations_by_path;
  ALTER TABLE activations ADD COLUMN namespace INTEGER NOT NULL DEFAULT 1;
)sql";

// It comes after the code there, so that lists do not ask for it.
constexpr const char* kFromVersion2 = "ALTER TABLE actions ADD COLUMN image TEXT;";

// Fails without a trace: an open transaction ends with its connection.
absl::Status executeAsOne(Database& database, const std::string& sql) {
  return database.execute(
      fmt::format("BEGIN IMMEDIATE; {} PRAGMA user_version = {}; COMMIT", sql, kSchemaVersion));
}

absl::StatusOr<std::int64_t> readInteger(Database& database, const std::string& sql) {
  auto statement = database.prepare(sql);
  if (!statement.ok()) return statement.status();
  return statement->count();
}

absl::Status damaged(std::string_view finding) {
  return absl::FailedPreconditionError(fmt::format(
      "the database is damaged: {}. Restore a copy of it, or move it away to begin with an empty "
      "one", finding));
}

// Reads every page once: what is damaged is better found now than by a client.
absl::Status checkIntegrity(Database& database) {
  auto statement = database.prepare("PRAGMA quick_check(1)");
  if (!statement.ok()) return damaged(std::string(statement.status().message()));
  const auto has_row = statement->step();
  if (!has_row.ok()) return damaged(std::string(has_row.status().message()));
  const std::string finding = *has_row ? statement->text(0) : "no answer";
  statement->reset();
  return finding == "ok" ? absl::OkStatus() : damaged(finding);
}

// One that can be brought up to date; 0: there is nothing yet.
absl::StatusOr<std::int64_t> knownVersion(Database& database) {
  if (auto status = checkIntegrity(database); !status.ok()) return status;
  const auto version = readInteger(database, "PRAGMA user_version");
  if (!version.ok()) return version.status();
  if (*version < 0 || *version > kSchemaVersion) {
    return absl::FailedPreconditionError(
        fmt::format("its schema has version {}, this owpoold knows version {}: it was written by "
                    "a newer owpoold", *version, kSchemaVersion));
  }
  if (*version > 0) return *version;
  const auto tables = readInteger(database, "SELECT count(*) FROM sqlite_master");
  if (!tables.ok()) return tables.status();
  if (*tables > 0) return absl::FailedPreconditionError("it is the database of something else");
  return 0;
}

}  // namespace

absl::Status checkSchema(Database& database) { return knownVersion(database).status(); }

absl::Status prepareSchema(Database& database) {
  const auto version = knownVersion(database);
  if (!version.ok()) return version.status();
  switch (*version) {
    case 0:
      return executeAsOne(database,
                          std::string(kNamespaces) + kActions + kActivations + kActivationIndexes);
    case 1:
      return executeAsOne(database, std::string(kNamespaces) + kActionsFromVersion1 + kActions +
                                        kCopyFromVersion1 + kActivationIndexes);
    case 2: return executeAsOne(database, kFromVersion2);
    default: return absl::OkStatus();
  }
}

}  // namespace owpool::daemon
