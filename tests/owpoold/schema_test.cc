#include <sqlite3.h>

#include <catch2/catch.hpp>

#include "owpoold/records/store.h"
#include "owpoold/support/files.h"
#include "temp_dir.h"

namespace owpool::daemon {
namespace {

using Catch::Matchers::Contains;

const NamespaceId kGuest{1, "guest"};

absl::StatusOr<std::unique_ptr<Store>> open(const std::string& path) {
  return Store::open(path, [] { return std::int64_t{5000}; });
}

void execute(const std::string& path, const std::string& sql) {
  sqlite3* connection = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &connection) == SQLITE_OK);
  char* error = nullptr;
  sqlite3_exec(connection, sql.c_str(), nullptr, nullptr, &error);
  INFO((error == nullptr ? "" : error));
  REQUIRE(error == nullptr);
  sqlite3_close(connection);
}

// As an owpoold of one namespace left it.
constexpr const char* kVersion1 = R"sql(
  PRAGMA journal_mode=WAL;
  CREATE TABLE actions (
    package TEXT NOT NULL, name TEXT NOT NULL, version TEXT NOT NULL, revision TEXT NOT NULL,
    kind TEXT NOT NULL, binary INTEGER NOT NULL, main TEXT,
    parameters TEXT NOT NULL, annotations TEXT NOT NULL, timeout_ms INTEGER NOT NULL,
    memory_mb INTEGER NOT NULL, logs_mb INTEGER NOT NULL, concurrency INTEGER NOT NULL,
    publish INTEGER NOT NULL, updated_ms INTEGER NOT NULL,
    code TEXT NOT NULL,
    UNIQUE (package, name));
  CREATE INDEX actions_by_update ON actions (updated_ms);
  CREATE TABLE activations (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE, path TEXT NOT NULL, name TEXT NOT NULL, version TEXT NOT NULL,
    start_ms INTEGER NOT NULL, end_ms INTEGER NOT NULL, duration_ms INTEGER NOT NULL,
    status INTEGER NOT NULL, result TEXT NOT NULL, logs TEXT NOT NULL, annotations TEXT NOT NULL);
  CREATE INDEX activations_by_start ON activations (start_ms);
  CREATE INDEX activations_by_path ON activations (path, start_ms);
  INSERT INTO actions VALUES ('pkg', 'hello', '0.0.3', 'r3', 'nodejs:20', 0, 'm',
    '[{"key":"a","value":1}]', '[]', 60000, 256, 10, 1, 0, 99, 'code of it');
  INSERT INTO actions VALUES ('', 'hello', '0.0.1', 'r1', 'python:3', 1, NULL,
    '[]', '[]', 100, 128, 0, 1, 1, 98, 'UEsDBA==');
  INSERT INTO activations VALUES (41, 'id41', 'pkg/hello', 'hello', '0.0.3', 1000, 1005, 5, 0,
    '{"r":1}', '["line"]', '[]');
  PRAGMA user_version = 1;
)sql";

TEST_CASE("A check of the records changes nothing, and says what opening them would say") {
  const TempDir dir;
  const std::string path = dir.path() + "/owpoold.db";
  CHECK(Store::check(path).ok());
  CHECK_FALSE(readFile(path, ByteSize::mebibytes(1)).ok());

  execute(path, kVersion1);
  CHECK(Store::check(path).ok());
  execute(path, "INSERT INTO actions SELECT 'x', name, version, revision, kind, binary, main, "
                "parameters, annotations, timeout_ms, memory_mb, logs_mb, concurrency, publish, "
                "updated_ms, code FROM actions LIMIT 1");  // Still the table of version 1.

  execute(path, "PRAGMA user_version = 99");
  const auto newer = Store::check(path);
  CHECK(newer.code() == absl::StatusCode::kFailedPrecondition);
  CHECK_THAT(std::string(newer.message()), Contains(path) && Contains("newer owpoold"));
}

TEST_CASE("What an owpoold of one namespace left belongs to the first namespace") {
  const TempDir dir;
  const std::string path = dir.path() + "/owpoold.db";
  execute(path, kVersion1);
  for (int start = 0; start < 2; ++start) {
    const auto opened = open(path);
    INFO(opened.status());
    REQUIRE(opened.ok());
    Store& store = **opened;
    CHECK(store.listNamespaces()->empty());
    CHECK(*store.countActions(kGuest) == 2);
    const auto action = *store.findAction(kGuest, "pkg", "hello");
    REQUIRE(action);
    CHECK(action->version == "0.0.3");
    CHECK(action->revision == "r3");
    CHECK(action->main == "m");
    CHECK(action->code == "code of it");
    CHECK(action->parameters == KeyValues{{"a", "1"}});
    CHECK(action->updated_ms == 99);
    CHECK((*store.findAction(kGuest, "", "hello"))->limits.memory_mb == 128);
    const auto activation = *store.findActivation(kGuest, "id41");
    REQUIRE(activation);
    CHECK(activation->path == "pkg/hello");
    CHECK(activation->logs == R"(["line"])");
    CHECK(store.listActivations(kGuest, {"pkg/hello"}, {}, Store::Content::Brief)->size() == 1);
  }
  const auto opened = open(path);
  CHECK(*(*opened)->insertNamespace({{0, "guest"}, "u", "h", {}, 1}) == 1);
  // The same names may be used by another namespace from now on.
  ActionRecord record = **(*opened)->findAction(kGuest, "", "hello");
  record.owner = {*(*opened)->insertNamespace({{0, "other"}, "v", "h", {}, 1}), "other"};
  CHECK(*(*opened)->insertAction(record));
}

TEST_CASE("What an owpoold without images of one's own left is kept, and can have them") {
  const TempDir dir;
  const std::string path = dir.path() + "/owpoold.db";
  execute(path, kVersion1);
  REQUIRE(open(path).ok());
  execute(path, "ALTER TABLE actions DROP COLUMN image; PRAGMA user_version = 2");
  const auto opened = open(path);
  INFO(opened.status());
  REQUIRE(opened.ok());
  auto action = **(*opened)->findAction(kGuest, "pkg", "hello");
  CHECK(action.code == "code of it");
  CHECK_FALSE(action.image);
  action.image = "mine/one";
  REQUIRE(*(*opened)->replaceAction(action, action.revision));
  CHECK((*(*opened)->findAction(kGuest, "pkg", "hello"))->image == "mine/one");
  CHECK((*(*opened)->findAction(kGuest, "pkg", "hello"))->code == "code of it");
}

TEST_CASE("A migration that fails leaves everything as it was") {
  const TempDir dir;
  const std::string path = dir.path() + "/owpoold.db";
  execute(path, kVersion1);
  execute(path, "CREATE TABLE actions_1 (in_the_way)");
  const auto failed = open(path);
  REQUIRE_FALSE(failed.ok());
  CHECK_THAT(std::string(failed.status().message()), Contains(path));
  execute(path, "DROP TABLE actions_1");
  const auto opened = open(path);
  INFO(opened.status());
  REQUIRE(opened.ok());
  CHECK(*(*opened)->countActions(kGuest) == 2);
}

TEST_CASE("A database that is not ours to use is refused by name") {
  const TempDir dir;
  struct Row {
    const char* sql;
    const char* message;
  };
  const Row rows[] = {
      {"PRAGMA user_version = 4", "version 4, this owpoold knows version 3: it was written by a "
                                  "newer owpoold"},
      {"PRAGMA user_version = -1", "version -1"},
      {"CREATE TABLE notes (text)", "it is the database of something else"},
  };
  for (std::size_t i = 0; i < std::size(rows); ++i) {
    const std::string path = dir.path() + "/" + std::to_string(i) + ".db";
    execute(path, rows[i].sql);
    const auto refused = open(path);
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.status().code() == absl::StatusCode::kFailedPrecondition);
    CHECK_THAT(std::string(refused.status().message()),
               Contains(path + ": ") && Contains(rows[i].message));
  }
  CHECK_FALSE(open(dir.path() + "/absent/owpoold.db").ok());
}

TEST_CASE("A damaged database is refused by name, whatever part of it is damaged") {
  const TempDir dir;
  const std::string good_path = dir.path() + "/good.db";
  execute(good_path, kVersion1);
  REQUIRE(open(good_path).ok());
  // Enough for more than one page of everything.
  execute(good_path, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 2000) "
                     "INSERT INTO activations (namespace, id, path, name, version, start_ms, "
                     "end_ms, duration_ms, status, result, logs, annotations) "
                     "SELECT 1, 'n' || i, 'p', 'p', '1', i, i, 0, 0, '{}', '[]', '[]' FROM n;"
                     "PRAGMA wal_checkpoint(TRUNCATE)");
  const std::string good = *readFile(good_path, ByteSize::mebibytes(16));
  REQUIRE(good.size() > 100 * 1024);

  std::vector<std::string> bad = {std::string(5000, 'x'), good.substr(0, 1000),
                                  good.substr(0, good.size() / 2)};
  for (const std::size_t at : {std::size_t{100}, good.size() / 3, good.size() - 3000}) {
    std::string copy = good;
    copy.replace(at, 2000, 2000, '\xa5');
    bad.push_back(copy);
  }
  for (const std::string& content : bad) {
    const std::string path = dir.write("bad.db", content);
    const auto refused = open(path);
    REQUIRE_FALSE(refused.ok());
    CHECK_THAT(std::string(refused.status().message()), Contains(path));
  }
}

}  // namespace
}  // namespace owpool::daemon
