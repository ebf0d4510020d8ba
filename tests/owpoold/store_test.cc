#include <sqlite3.h>

#include <catch2/catch.hpp>

#include "owpoold/records/store.h"
#include "temp_dir.h"

namespace owpool::daemon {
namespace {

using Catch::Matchers::Contains;

std::unique_ptr<Store> opened(const TempDir& dir, std::int64_t activations_max = 100) {
  auto store = Store::open(dir.path() + "/owpoold.db", activations_max);
  INFO(store.status());
  REQUIRE(store.ok());
  return *std::move(store);
}

ActionRecord action(const std::string& name, std::int64_t updated_ms = 1) {
  ActionRecord record;
  record.name = name;
  record.revision = "r1";
  record.kind = "nodejs:20";
  record.code = std::string("a\0b\n\"ü", 7);
  record.parameters = {{"k", R"({"deep":[1.50]})"}};
  record.annotations = {{"exec", "\"nodejs:20\""}};
  record.updated_ms = updated_ms;
  return record;
}

ActivationRecord activation(int number, const std::string& path = "hello") {
  ActivationRecord record;
  record.id = "id" + std::to_string(number);
  record.path = path;
  record.name = path;
  record.version = "0.0.1";
  record.start_ms = 1000 + number;
  record.end_ms = 2000 + number;
  record.duration_ms = 1000;
  record.status = ActivationStatus::ApplicationError;
  record.result = R"({"error":1})";
  record.logs = R"(["line"])";
  record.annotations = R"([{"key":"waitTime","value":3}])";
  return record;
}

std::vector<std::string> ids(const std::vector<ActivationRecord>& records) {
  std::vector<std::string> all;
  for (const auto& record : records) all.push_back(record.id);
  return all;
}

TEST_CASE("An action comes back from a store that was closed as it was put in") {
  const TempDir dir;
  ActionRecord record = action("hello");
  record.package = "pkg";
  record.main = "m";
  record.binary = true;
  record.publish = true;
  record.version = "3.2.1";
  record.limits = {100, 128, 0, 1};
  REQUIRE(*opened(dir)->insertAction(record));

  const auto found = opened(dir)->findAction("pkg", "hello");
  REQUIRE(found.ok());
  REQUIRE(*found);
  const ActionRecord& read = **found;
  CHECK(read.path() == "pkg/hello");
  CHECK(read.code == record.code);
  CHECK(read.main == "m");
  CHECK(read.binary);
  CHECK(read.publish);
  CHECK(read.version == "3.2.1");
  CHECK(read.revision == "r1");
  CHECK(read.kind == "nodejs:20");
  CHECK(read.parameters == record.parameters);
  CHECK(read.annotations == record.annotations);
  CHECK(read.limits.timeout_ms == 100);
  CHECK(read.limits.memory_mb == 128);
  CHECK(read.limits.logs_mb == 0);
  CHECK(read.updated_ms == 1);
}

TEST_CASE("An action is inserted once, replaced by who knows its revision, deleted once") {
  const TempDir dir;
  const auto store = opened(dir);
  ActionRecord record = action("hello");
  CHECK(*store->insertAction(record));
  CHECK_FALSE(*store->insertAction(record));

  record.revision = "r2";
  CHECK_FALSE(*store->replaceAction(record, "r0"));
  CHECK((*store->findAction("", "hello"))->revision == "r1");
  CHECK(*store->replaceAction(record, "r1"));
  CHECK((*store->findAction("", "hello"))->revision == "r2");

  CHECK_FALSE(*store->deleteAction("pkg", "hello"));
  CHECK(*store->deleteAction("", "hello"));
  CHECK_FALSE(*store->deleteAction("", "hello"));
  CHECK_FALSE(store->findAction("", "hello")->has_value());
  CHECK_FALSE(*store->replaceAction(record, "r2"));
}

TEST_CASE("Actions are listed in pages, the most recently updated first, without code") {
  const TempDir dir;
  const auto store = opened(dir);
  for (int i = 0; i < 5; ++i) REQUIRE(*store->insertAction(action("a" + std::to_string(i), i)));
  const auto page = *store->listActions({2, 1});
  REQUIRE(page.size() == 2);
  CHECK(page[0].name == "a3");
  CHECK(page[1].name == "a2");
  CHECK(page[0].code.empty());
  CHECK(*store->countActions() == 5);
}

TEST_CASE("An activation comes back as it was put in") {
  const TempDir dir;
  const auto store = opened(dir);
  REQUIRE(store->insertActivation(activation(7)).ok());
  const auto found = store->findActivation("id7");
  REQUIRE(found.ok());
  REQUIRE(*found);
  const ActivationRecord& read = **found;
  CHECK(read.name == "hello");
  CHECK(read.start_ms == 1007);
  CHECK(read.end_ms == 2007);
  CHECK(read.duration_ms == 1000);
  CHECK(read.status == ActivationStatus::ApplicationError);
  CHECK(read.result == R"({"error":1})");
  CHECK(read.logs == R"(["line"])");
  CHECK(read.annotations == R"([{"key":"waitTime","value":3}])");
  CHECK_FALSE(store->findActivation("id8")->has_value());
}

TEST_CASE("Of an activation there is one record") {
  const TempDir dir;
  const auto store = opened(dir);
  CHECK(store->insertActivation(activation(1)).ok());
  CHECK_FALSE(store->insertActivation(activation(1)).ok());
  CHECK(*store->countActivations({}) == 1);
}

TEST_CASE("Activations are found by action and time, the newest first") {
  const TempDir dir;
  const auto store = opened(dir);
  for (int i = 0; i < 6; ++i) {
    REQUIRE(store->insertActivation(activation(i, i % 2 == 0 ? "even" : "pkg/odd")).ok());
  }
  const auto list = [&](const ActivationQuery& query, Page page) {
    return ids(*store->listActivations(query, page, Store::Content::Brief));
  };
  using Ids = std::vector<std::string>;
  CHECK(list({}, {3, 0}) == Ids{"id5", "id4", "id3"});
  CHECK(list({}, {3, 4}) == Ids{"id1", "id0"});
  CHECK(list({"even", 0, 5000}, {30, 0}) == Ids{"id4", "id2", "id0"});
  CHECK(list({"odd", 0, 5000}, {30, 0}).empty());
  CHECK(list({std::nullopt, 1002, 1003}, {30, 0}) == Ids{"id3", "id2"});
  CHECK(list({"pkg/odd", 1002, 1003}, {30, 0}) == Ids{"id3"});
  CHECK(*store->countActivations({"even", 1001, 5000}) == 2);
}

TEST_CASE("Only a whole list reads results and logs") {
  const TempDir dir;
  const auto store = opened(dir);
  REQUIRE(store->insertActivation(activation(1)).ok());
  CHECK((*store->listActivations({}, {}, Store::Content::Brief))[0].logs.empty());
  CHECK((*store->listActivations({}, {}, Store::Content::Whole))[0].logs == R"(["line"])");
  CHECK((*store->listActivations({}, {}, Store::Content::Whole))[0].result == R"({"error":1})");
}

TEST_CASE("The oldest activations make room for new ones") {
  const TempDir dir;
  const auto store = opened(dir, 3);
  for (int i = 0; i < 10; ++i) REQUIRE(store->insertActivation(activation(i)).ok());
  CHECK(ids(*store->listActivations({}, {}, Store::Content::Brief)) ==
        std::vector<std::string>{"id9", "id8", "id7"});
}

TEST_CASE("A database of a newer owpoold, and a file that is none, are refused") {
  const TempDir dir;
  opened(dir);
  sqlite3* connection = nullptr;
  REQUIRE(sqlite3_open((dir.path() + "/owpoold.db").c_str(), &connection) == SQLITE_OK);
  REQUIRE(sqlite3_exec(connection, "PRAGMA user_version = 2", nullptr, nullptr, nullptr) ==
          SQLITE_OK);
  sqlite3_close(connection);
  const auto newer = Store::open(dir.path() + "/owpoold.db");
  REQUIRE_FALSE(newer.ok());
  CHECK_THAT(std::string(newer.status().message()), Contains("newer owpoold"));

  const auto garbage = Store::open(dir.write("garbage.db", std::string(5000, 'x')));
  REQUIRE_FALSE(garbage.ok());
  CHECK_THAT(std::string(garbage.status().message()), Contains("garbage.db"));
  CHECK_FALSE(Store::open(dir.path() + "/absent/owpoold.db").ok());
}

TEST_CASE("What a client sends cannot change a statement") {
  const TempDir dir;
  const auto store = opened(dir);
  REQUIRE(*store->insertAction(action("hello")));
  CHECK_FALSE(store->findAction("", "x' OR '1'='1")->has_value());
  CHECK(store->listActivations({"x'; DROP TABLE actions; --", 0, 1}, {}, Store::Content::Brief)
            .ok());
  CHECK(*store->countActions() == 1);
}

}  // namespace
}  // namespace owpool::daemon
