#include <sqlite3.h>

#include <catch2/catch.hpp>

#include "owpoold/records/store.h"
#include "temp_dir.h"

namespace owpool::daemon {
namespace {

using namespace std::chrono_literals;

constexpr std::int64_t kHourMs = 3600 * 1000;
const NamespaceId kGuest{1, "guest"};

struct Fixture {
  explicit Fixture(Retention retention) : store(open(retention)) {}

  std::unique_ptr<Store> open(Retention retention) {
    return *Store::open(path(), [this] { return now; }, retention);
  }
  std::string path() const { return dir.path() + "/owpoold.db"; }

  // One that ended now, after a second.
  void insert(const std::string& id, const std::string& logs = "[]") {
    ActivationRecord record;
    record.owner = kGuest;
    record.id = id;
    record.path = record.name = "hello";
    record.logs = logs;
    record.start_ms = now - 1000;
    record.end_ms = now;
    REQUIRE(store->insertActivation(record).ok());
  }
  std::string shown() const {
    const auto records = store->listActivations(kGuest, {}, {}, Store::Content::Brief);
    REQUIRE(records.ok());
    std::string all;
    for (const ActivationRecord& record : *records) all += record.id + " ";
    return all;
  }
  // What stands in the file, whether it is shown or not.
  std::int64_t rows() const {
    sqlite3* connection = nullptr;
    sqlite3_stmt* statement = nullptr;
    REQUIRE(sqlite3_open(path().c_str(), &connection) == SQLITE_OK);
    REQUIRE(sqlite3_prepare_v2(connection, "SELECT count(*) FROM activations", -1, &statement,
                               nullptr) == SQLITE_OK);
    REQUIRE(sqlite3_step(statement) == SQLITE_ROW);
    const std::int64_t count = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    sqlite3_close(connection);
    return count;
  }

  TempDir dir;
  std::int64_t now = 1000 * kHourMs;
  std::unique_ptr<Store> store;
};

TEST_CASE("The oldest activations make room for new ones") {
  Fixture f({3, 100h});
  for (int i = 0; i < 10; ++i) f.insert(std::to_string(i));
  CHECK(f.shown() == "9 8 7 ");
  CHECK(f.rows() == 3);
}

TEST_CASE("What is too old is not shown, in whatever way one asks, though nothing is inserted") {
  Fixture f({100, 2h});
  f.insert("old");
  f.now += kHourMs;
  f.insert("new");
  CHECK(f.shown() == "new old ");
  f.now += kHourMs - 1000;
  CHECK(f.shown() == "new old ");
  f.now += 1;
  CHECK(f.shown() == "new ");
  CHECK(*f.store->countActivations(kGuest, {}) == 1);
  CHECK(*f.store->countActivations(kGuest, {"hello"}) == 1);
  CHECK_FALSE(f.store->findActivation(kGuest, "old")->has_value());
  CHECK(f.store->findActivation(kGuest, "new")->has_value());
  CHECK(f.rows() == 2);
}

TEST_CASE("What is too old is deleted with an insertion, at most once a minute") {
  Fixture f({100, 2h});
  f.insert("a");
  f.now += 30000;
  f.insert("b");
  f.now += 2 * kHourMs - 30000 + 1;
  f.insert("c");
  CHECK(f.rows() == 2);
  f.now += 59999;  // "b" is too old by now.
  f.insert("d");
  CHECK(f.rows() == 3);
  f.now += 1;
  f.insert("e");
  CHECK(f.rows() == 3);
  CHECK(f.shown() == "e d c ");
}

TEST_CASE("A start deletes all that is too old") {
  Fixture f({1000, 2h});
  for (int i = 0; i < 250; ++i) f.insert(std::to_string(i));
  f.store.reset();
  f.now += 3 * kHourMs;
  f.store = f.open({1000, 2h});
  CHECK(f.rows() == 0);
}

TEST_CASE("The retention can change while it works, and a clock that goes back does no harm") {
  Fixture f({1000, 2h});
  for (int i = 0; i < 300; ++i) f.insert(std::to_string(i));
  f.store->setRetention({2, 2h});
  for (int i = 300; i < 304; ++i) f.insert(std::to_string(i));
  CHECK(f.shown() == "303 302 ");
  f.now += kHourMs;
  f.store->setRetention({2, 30min});
  CHECK(f.shown().empty());
  f.insert("x");
  CHECK(f.rows() == 1);
  f.now -= 500 * kHourMs;
  f.insert("y");
  CHECK(f.shown() == "x y ");
}

TEST_CASE("The write-ahead log does not stay as large as the largest write") {
  Fixture f({1000, 100h});
  f.insert("large", "[\"" + std::string(30 << 20, 'x') + "\"]");
  f.insert("small");
  CHECK(std::filesystem::file_size(f.path() + "-wal") <= (8 << 20));
}

}  // namespace
}  // namespace owpool::daemon
