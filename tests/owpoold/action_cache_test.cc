#include <atomic>
#include <catch2/catch.hpp>
#include <thread>

#include "owpoold/invoke/action_cache.h"
#include "temp_dir.h"

namespace owpool::daemon {
namespace {

struct Fixture {
  Fixture() {
    for (const char* name : {"guest", "other"}) {
      REQUIRE(store->insertNamespace({{0, name}, name, "", {}, 0}).ok());
    }
  }
  ActionRecord record(const std::string& name, const std::string& revision = "r1") const {
    ActionRecord made;
    made.owner = guest;
    made.name = name;
    made.kind = "nodejs:20";
    made.revision = revision;
    made.code = "code " + revision;
    return made;
  }
  void put(const ActionRecord& made) { REQUIRE(*store->insertAction(made)); }

  TempDir dir;
  const NamespaceId guest{1, "guest"};
  const NamespaceId other{2, "other"};
  std::unique_ptr<Store> store =
      *Store::open(dir.path() + "/owpoold.db", [] { return std::int64_t{0}; });
  const Manifest manifest =
      *Manifest::parse(R"({"runtimes":{"nodejs":[{"kind":"nodejs:20","default":true}]}})", "/r");
};

TEST_CASE("Later invocations share the action of the first, without asking the store") {
  Fixture f;
  f.put(f.record("hello"));
  ActionCache cache(*f.store, f.manifest);
  const auto first = *cache.find(f.guest, "", "hello");
  REQUIRE(first);
  CHECK(first->record.code.empty());
  CHECK(first->action->code.text == "code r1");
  CHECK(first->action->key == ActionKey("guest", "guest/hello", "r1"));
  // Behind the cache's back: it shows that the store is not asked.
  REQUIRE(*f.store->deleteAction(f.guest, "", "hello", "r1"));
  CHECK(*cache.find(f.guest, "", "hello") == first);
  CHECK(*cache.find(f.other, "", "hello") == nullptr);
  CHECK(*cache.find(f.guest, "pkg", "hello") == nullptr);
}

TEST_CASE("What was forgotten is read again") {
  Fixture f;
  f.put(f.record("hello"));
  ActionCache cache(*f.store, f.manifest);
  CHECK((*cache.find(f.guest, "", "hello"))->record.revision == "r1");
  REQUIRE(*f.store->replaceAction(f.record("hello", "r2"), "r1"));
  cache.forget(f.guest, "", "hello");
  CHECK((*cache.find(f.guest, "", "hello"))->action->code.text == "code r2");
  REQUIRE(*f.store->deleteAction(f.guest, "", "hello", "r2"));
  cache.forget(f.guest, "", "hello");
  CHECK(*cache.find(f.guest, "", "hello") == nullptr);
  CHECK(cache.size() == ByteSize());
  f.put(f.record("hello", "r3"));
  CHECK((*cache.find(f.guest, "", "hello"))->record.revision == "r3");
}

TEST_CASE("A kind that the manifest has no more is known by the missing action") {
  Fixture f;
  ActionRecord record = f.record("old");
  record.kind = "nodejs:6";
  f.put(record);
  ActionCache cache(*f.store, f.manifest);
  const auto found = *cache.find(f.guest, "", "old");
  REQUIRE(found);
  CHECK(found->action == nullptr);
  CHECK(found->record.kind == "nodejs:6");
}

TEST_CASE("The cache keeps what was used last, and no more than it may") {
  Fixture f;
  for (const char* name : {"a", "b", "c", "huge"}) {
    ActionRecord record = f.record(name);
    record.code = std::string(name == std::string("huge") ? 4 << 20 : 300 << 10, 'x');
    f.put(record);
  }
  ActionCache cache(*f.store, f.manifest, ByteSize::mebibytes(1));
  const auto a = *cache.find(f.guest, "", "a");
  const auto b = *cache.find(f.guest, "", "b");
  CHECK(*cache.find(f.guest, "", "a") == a);
  const auto c = *cache.find(f.guest, "", "c");
  CHECK(cache.size() < ByteSize::mebibytes(1));
  f.put([&] {
    ActionRecord record = f.record("d");
    record.code = std::string(300 << 10, 'x');
    return record;
  }());
  const auto d = *cache.find(f.guest, "", "d");  // "b" was used least recently.
  CHECK(cache.size() < ByteSize::mebibytes(1));
  CHECK((*cache.find(f.guest, "", "huge"))->action->code.text.size() == 4 << 20);
  CHECK(*cache.find(f.guest, "", "a") == a);
  CHECK(*cache.find(f.guest, "", "c") == c);
  CHECK(*cache.find(f.guest, "", "d") == d);
  CHECK(*cache.find(f.guest, "", "b") != b);
}

TEST_CASE("While it is updated, nobody is given a revision older than one that was promised") {
  Fixture f;
  f.put(f.record("hello", "1"));
  ActionCache cache(*f.store, f.manifest);
  std::atomic<int> promised{1};
  std::atomic<bool> is_over{false};
  std::atomic<int> stale{0};
  std::vector<std::thread> readers;
  for (int i = 0; i < 4; ++i) {
    readers.emplace_back([&] {
      while (!is_over) {
        const int at_least = promised;
        const auto found = cache.find(f.guest, "", "hello");
        if (!found.ok() || std::stoi((*found)->record.revision) < at_least) ++stale;
      }
    });
  }
  for (int revision = 2; revision <= 200; ++revision) {
    const bool replaced = *f.store->replaceAction(f.record("hello", std::to_string(revision)),
                                                  std::to_string(revision - 1));
    cache.forget(f.guest, "", "hello");
    promised = replaced ? revision : promised.load();
  }
  is_over = true;
  for (std::thread& reader : readers) reader.join();
  CHECK(stale == 0);
  CHECK((*cache.find(f.guest, "", "hello"))->record.revision == "200");
}

}  // namespace
}  // namespace owpool::daemon
