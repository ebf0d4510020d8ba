#include <catch2/catch.hpp>

#include "owpoold/records/store.h"
#include "temp_dir.h"

namespace owpool::daemon {
namespace {

const NamespaceId kGuest{1, "guest"};
const NamespaceId kOther{2, "other"};

// With the namespaces guest and other.
std::unique_ptr<Store> opened(
    const TempDir& dir, Retention retention = {},
    const std::function<std::int64_t()>& unix_millis = [] { return std::int64_t{5000}; }) {
  auto store = Store::open(dir.path() + "/owpoold.db", unix_millis, retention);
  INFO(store.status());
  REQUIRE(store.ok());
  if ((*store)->listNamespaces()->empty()) {
    REQUIRE(*(*store)->insertNamespace({{0, "guest"}, "uuid-1", "hash-1", {}, 7}) == 1);
    REQUIRE(*(*store)->insertNamespace({{0, "other"}, "uuid-2", "hash-2", {3, 60}, 8}) == 2);
  }
  return *std::move(store);
}

ActionRecord action(const std::string& name, std::int64_t updated_ms = 1) {
  ActionRecord record;
  record.owner = kGuest;
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
  record.owner = kGuest;
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

  const auto found = opened(dir)->findAction(kGuest, "pkg", "hello");
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

TEST_CASE("An action is inserted once, replaced and deleted by who knows its revision") {
  const TempDir dir;
  const auto store = opened(dir);
  ActionRecord record = action("hello");
  CHECK(*store->insertAction(record));
  CHECK_FALSE(*store->insertAction(record));

  record.revision = "r2";
  CHECK_FALSE(*store->replaceAction(record, "r0"));
  CHECK((*store->findAction(kGuest, "", "hello"))->revision == "r1");
  CHECK(*store->replaceAction(record, "r1"));
  CHECK((*store->findAction(kGuest, "", "hello"))->revision == "r2");

  CHECK_FALSE(*store->deleteAction(kGuest, "pkg", "hello", "r2"));
  CHECK_FALSE(*store->deleteAction(kGuest, "", "hello", "r1"));
  CHECK(*store->deleteAction(kGuest, "", "hello", "r2"));
  CHECK_FALSE(*store->deleteAction(kGuest, "", "hello", "r2"));
  CHECK_FALSE(store->findAction(kGuest, "", "hello")->has_value());
  CHECK_FALSE(*store->replaceAction(record, "r2"));
}

TEST_CASE("Actions are listed in pages, the most recently updated first, without code") {
  const TempDir dir;
  const auto store = opened(dir);
  for (int i = 0; i < 5; ++i) REQUIRE(*store->insertAction(action("a" + std::to_string(i), i)));
  const auto page = *store->listActions(kGuest, {2, 1});
  REQUIRE(page.size() == 2);
  CHECK(page[0].name == "a3");
  CHECK(page[1].name == "a2");
  CHECK(page[0].code.empty());
  CHECK(*store->countActions(kGuest) == 5);
}

TEST_CASE("An activation comes back as it was put in") {
  const TempDir dir;
  const auto store = opened(dir);
  REQUIRE(store->insertActivation(activation(7)).ok());
  const auto found = store->findActivation(kGuest, "id7");
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
  CHECK_FALSE(store->findActivation(kGuest, "id8")->has_value());
}

TEST_CASE("Of an activation there is one record") {
  const TempDir dir;
  const auto store = opened(dir);
  CHECK(store->insertActivation(activation(1)).ok());
  CHECK_FALSE(store->insertActivation(activation(1)).ok());
  CHECK(*store->countActivations(kGuest, {}) == 1);
}

TEST_CASE("Activations are found by action and time, the newest first") {
  const TempDir dir;
  const auto store = opened(dir);
  for (int i = 0; i < 6; ++i) {
    REQUIRE(store->insertActivation(activation(i, i % 2 == 0 ? "even" : "pkg/odd")).ok());
  }
  const auto list = [&](const ActivationQuery& query, Page page) {
    return ids(*store->listActivations(kGuest, query, page, Store::Content::Brief));
  };
  using Ids = std::vector<std::string>;
  CHECK(list({}, {3, 0}) == Ids{"id5", "id4", "id3"});
  CHECK(list({}, {3, 4}) == Ids{"id1", "id0"});
  CHECK(list({"even", 0, 5000}, {30, 0}) == Ids{"id4", "id2", "id0"});
  CHECK(list({"odd", 0, 5000}, {30, 0}).empty());
  CHECK(list({std::nullopt, 1002, 1003}, {30, 0}) == Ids{"id3", "id2"});
  CHECK(list({"pkg/odd", 1002, 1003}, {30, 0}) == Ids{"id3"});
  CHECK(*store->countActivations(kGuest, {"even", 1001, 5000}) == 2);
}

TEST_CASE("Only a whole list reads results and logs") {
  const TempDir dir;
  const auto store = opened(dir);
  REQUIRE(store->insertActivation(activation(1)).ok());
  const auto brief = *store->listActivations(kGuest, {}, {}, Store::Content::Brief);
  const auto whole = *store->listActivations(kGuest, {}, {}, Store::Content::Whole);
  CHECK(brief[0].logs.empty());
  CHECK(whole[0].logs == R"(["line"])");
  CHECK(whole[0].result == R"({"error":1})");
}

TEST_CASE("No list holds more results and logs than the daemon has memory for") {
  const TempDir dir;
  const auto store = opened(dir);
  constexpr int kCount = 5;
  for (int i = 0; i < kCount; ++i) {
    ActivationRecord record = activation(i);
    record.logs = "[\"" + std::string(16 << 20, 'x') + "\"]";
    REQUIRE(store->insertActivation(record).ok());
  }
  const auto whole = store->listActivations(kGuest, {}, {}, Store::Content::Whole);
  CHECK(whole.status().code() == absl::StatusCode::kResourceExhausted);
  CHECK(store->listActivations(kGuest, {}, {3, 0}, Store::Content::Whole)->size() == 3);
  CHECK(store->listActivations(kGuest, {}, {}, Store::Content::Brief)->size() == kCount);

  ActivationRecord huge = activation(kCount);
  huge.logs = "[\"" + std::string(70 << 20, 'x') + "\"]";
  REQUIRE(store->insertActivation(huge).ok());
  CHECK(store->listActivations(kGuest, {}, {1, 0}, Store::Content::Whole)->size() == 1);
}

TEST_CASE("A list of actions reads neither code nor parameters") {
  const TempDir dir;
  const auto store = opened(dir);
  ActionRecord record = action("hello");
  record.package = "pkg";
  REQUIRE(*store->insertAction(record));
  for (const auto& list : {*store->listActions(kGuest, {}),
                           *store->listPackageActions(kGuest, "pkg", {})}) {
    REQUIRE(list.size() == 1);
    CHECK(list[0].code.empty());
    CHECK(list[0].parameters.empty());
    CHECK(list[0].annotations == record.annotations);
    CHECK(list[0].limits.memory_mb == record.limits.memory_mb);
  }
}

TEST_CASE("A namespace sees nothing of another, whatever the names") {
  const TempDir dir;
  const auto store = opened(dir);
  ActionRecord record = action("hello");
  REQUIRE(*store->insertAction(record));
  record.owner = kOther;
  record.version = "9.9.9";
  REQUIRE(*store->insertAction(record));
  CHECK((*store->findAction(kGuest, "", "hello"))->version == "0.0.1");
  CHECK((*store->findAction(kOther, "", "hello"))->owner.name == "other");
  CHECK(*store->countActions(kOther) == 1);
  CHECK((*store->listActions(kOther, {}))[0].version == "9.9.9");
  record.revision = "r2";
  REQUIRE(*store->replaceAction(record, "r1"));
  CHECK((*store->findAction(kGuest, "", "hello"))->revision == "r1");
  REQUIRE(*store->deleteAction(kOther, "", "hello", "r2"));
  CHECK(*store->countActions(kGuest) == 1);

  REQUIRE(store->insertActivation(activation(1)).ok());
  CHECK_FALSE(store->findActivation(kOther, "id1")->has_value());
  CHECK(store->listActivations(kOther, {}, {}, Store::Content::Whole)->empty());
  CHECK(store->listActivations(kOther, {"hello"}, {}, Store::Content::Whole)->empty());
  CHECK(*store->countActivations(kOther, {}) == 0);
}

TEST_CASE("Namespaces come back as they were put in, and change") {
  const TempDir dir;
  opened(dir);
  const auto store = opened(dir);
  auto all = *store->listNamespaces();
  REQUIRE(all.size() == 2);
  CHECK(all[0].id.name == "guest");
  CHECK(all[0].id.number == 1);
  CHECK(all[0].uuid == "uuid-1");
  CHECK(all[0].created_ms == 7);
  CHECK_FALSE(all[0].limits.concurrent_invocations);
  CHECK(all[1].limits.concurrent_invocations == 3);
  CHECK(all[1].limits.invocations_per_minute == 60);
  all[1].key_sha256 = "another";
  all[1].limits = {std::nullopt, 5};
  REQUIRE(store->updateNamespace(all[1]).ok());
  all = *opened(dir)->listNamespaces();
  CHECK(all[0].key_sha256 == "hash-1");
  CHECK(all[1].key_sha256 == "another");
  CHECK_FALSE(all[1].limits.concurrent_invocations);
  CHECK(all[1].limits.invocations_per_minute == 5);
}

TEST_CASE("A namespace with actions goes only with them, and leaves its successor nothing") {
  const TempDir dir;
  const auto store = opened(dir);
  ActionRecord record = action("hello");
  record.owner = kOther;
  REQUIRE(*store->insertAction(record));
  REQUIRE(*store->insertAction(action("hello")));
  ActivationRecord ended = activation(1);
  ended.owner = kOther;
  REQUIRE(store->insertActivation(ended).ok());

  CHECK_FALSE(*store->deleteNamespace(kOther, false));
  CHECK(*store->countActions(kOther) == 1);
  CHECK(*store->deleteNamespace(kOther, true));
  CHECK(*store->countActions(kOther) == 0);
  CHECK(*store->countActions(kGuest) == 1);
  CHECK_FALSE(*store->deleteNamespace(kOther, true));
  CHECK_FALSE(*store->insertAction(record));
  ended.id = "late";
  CHECK(store->insertActivation(ended).ok());

  const NamespaceId successor{*store->insertNamespace({{0, "other"}, "u", "h", {}, 9}), "other"};
  CHECK(successor.number == 3);
  CHECK(*store->countActivations(successor, {}) == 0);
  CHECK(*store->deleteNamespace(successor, false));
}

TEST_CASE("What a client sends cannot change a statement") {
  const TempDir dir;
  const auto store = opened(dir);
  REQUIRE(*store->insertAction(action("hello")));
  CHECK_FALSE(store->findAction(kGuest, "", "x' OR '1'='1")->has_value());
  const ActivationQuery drop{"x'; DROP TABLE actions; --", 0, 1};
  CHECK(store->listActivations(kGuest, drop, {}, Store::Content::Brief).ok());
  CHECK(*store->countActions(kGuest) == 1);
}

}  // namespace
}  // namespace owpool::daemon
