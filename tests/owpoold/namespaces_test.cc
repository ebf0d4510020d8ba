#include <catch2/catch.hpp>
#include <filesystem>

#include "absl/strings/escaping.h"
#include "owpoold/access/authenticator.h"
#include "owpoold/support/files.h"
#include "temp_dir.h"

namespace owpool::daemon {
namespace {

using Catch::Matchers::Contains;
using Failure = Authenticator::Failure;

std::string basic(const std::string& text) { return "Basic " + absl::Base64Escape(text); }

// A state directory, and what a start makes of it.
struct Fixture {
  Fixture() { restart(); }
  void restart() {
    namespaces.reset();
    store.reset();
    store = *Store::open(dir.path() + "/owpoold.db", [] { return std::int64_t{5000}; });
    namespaces = *Namespaces::open(*store, [] { return std::int64_t{5000}; });
  }
  std::string keyFile() const { return dir.path() + "/key"; }
  void putAction(const std::string& owner) {
    ActionRecord record;
    record.owner = namespaces->find(owner)->id;
    record.name = "hello";
    REQUIRE(*store->insertAction(record));
  }

  TempDir dir;
  std::unique_ptr<Store> store;
  std::unique_ptr<Namespaces> namespaces;
};

TEST_CASE("The first start makes guest and its key, the second knows it and tells it nobody") {
  Fixture f;
  const auto key = f.namespaces->ensureGuest(f.keyFile());
  REQUIRE(key.ok());
  REQUIRE(*key);
  CHECK(ApiKey::parse((*key)->text()));
  CHECK_FALSE(*f.namespaces->ensureGuest(f.keyFile()));
  f.restart();
  CHECK_FALSE(*f.namespaces->ensureGuest(f.keyFile()));
  const NamespacePtr guest = f.namespaces->authenticate(**key);
  REQUIRE(guest);
  CHECK(guest->id.name == "guest");
  CHECK(guest->created_ms == 5000);

  for (const char* file : {"/owpoold.db", "/owpoold.db-wal"}) {
    const auto content = readFile(f.dir.path() + file, ByteSize::mebibytes(16));
    if (content.ok()) CHECK_THAT(*content, !Contains((*key)->key));
  }
}

TEST_CASE("Two first starts make two keys") {
  CHECK((*Fixture().namespaces->ensureGuest(""))->text() !=
        (*Fixture().namespaces->ensureGuest(""))->text());
}

TEST_CASE("The key that an older owpoold left in a file stays valid, and the file goes") {
  Fixture f;
  const ApiKey old = ApiKey::random();
  f.dir.write("key", old.text() + "\n");
  const auto key = f.namespaces->ensureGuest(f.keyFile());
  INFO(key.status());
  REQUIRE(key.ok());
  CHECK_FALSE(*key);
  CHECK(f.namespaces->authenticate(old));
  CHECK_FALSE(std::filesystem::exists(f.keyFile()));

  // A start that was cut off before the file was removed.
  f.dir.write("key", old.text());
  f.restart();
  REQUIRE(f.namespaces->ensureGuest(f.keyFile()).ok());
  CHECK_FALSE(std::filesystem::exists(f.keyFile()));

  // A file that is not of ours is left alone, and is worth nothing.
  const ApiKey foreign = ApiKey::random();
  f.dir.write("key", foreign.text());
  REQUIRE(f.namespaces->ensureGuest(f.keyFile()).ok());
  CHECK(std::filesystem::exists(f.keyFile()));
  CHECK_FALSE(f.namespaces->authenticate(foreign));
}

TEST_CASE("A key file that holds something else is refused by name, without what it holds") {
  Fixture f;
  for (const std::string& content :
       {std::string(), std::string("secret"), std::string(36, 'a') + ":" + std::string(63, 'k'),
        std::string(36, 'a') + ":" + std::string(63, 'k') + "\"",
        std::string(36, 'a') + "." + std::string(64, 'k'), std::string(5000, 'x')}) {
    const std::string path = f.dir.write("key", content);
    const auto key = f.namespaces->ensureGuest(path);
    REQUIRE_FALSE(key.ok());
    CHECK_THAT(std::string(key.status().message()), Contains(path) && !Contains("secret"));
  }
}

TEST_CASE("Namespaces are created, found by key, given another key, and removed") {
  Fixture f;
  const auto alice = f.namespaces->create("alice");
  const auto bob = f.namespaces->create("bob");
  REQUIRE(alice.ok());
  REQUIRE(bob.ok());
  CHECK(f.namespaces->authenticate(*alice)->id.name == "alice");
  CHECK(f.namespaces->authenticate(*bob)->id.name == "bob");
  CHECK_FALSE(f.namespaces->authenticate(ApiKey{alice->uuid, bob->key}));

  const auto renewed = f.namespaces->renewKey("alice");
  REQUIRE(renewed.ok());
  CHECK(renewed->uuid == alice->uuid);
  CHECK_FALSE(f.namespaces->authenticate(*alice));
  f.restart();
  CHECK_FALSE(f.namespaces->authenticate(*alice));
  CHECK(f.namespaces->authenticate(*renewed)->id.name == "alice");
  REQUIRE(f.namespaces->list().size() == 2);
  CHECK(f.namespaces->list()[1]->id.name == "bob");

  REQUIRE(f.namespaces->remove("alice", Namespaces::WithActions::No).ok());
  CHECK_FALSE(f.namespaces->authenticate(*renewed));
  CHECK_FALSE(f.namespaces->find("alice"));
  f.restart();
  CHECK_FALSE(f.namespaces->authenticate(*renewed));
  CHECK(f.namespaces->create("alice").ok());
}

TEST_CASE("What cannot be done with namespaces is refused with the reason") {
  Fixture f;
  REQUIRE(f.namespaces->create("bob").ok());
  const auto codeOf = [](const absl::Status& status) { return status.code(); };
  for (const char* name : {"", "_", "-x", "a/b", "x ", "a\nb", "\xc3\xa4"}) {
    CHECK(codeOf(f.namespaces->create(name).status()) == absl::StatusCode::kInvalidArgument);
  }
  CHECK(codeOf(f.namespaces->create("bob").status()) == absl::StatusCode::kAlreadyExists);
  CHECK(codeOf(f.namespaces->renewKey("x").status()) == absl::StatusCode::kNotFound);
  CHECK(codeOf(f.namespaces->setLimits("x", {})) == absl::StatusCode::kNotFound);
  CHECK(codeOf(f.namespaces->setLimits("bob", {-1, {}})) == absl::StatusCode::kInvalidArgument);
  CHECK(codeOf(f.namespaces->setLimits("bob", {{}, -1})) == absl::StatusCode::kInvalidArgument);
  const auto remove = [&](const char* name, Namespaces::WithActions with_actions) {
    return codeOf(f.namespaces->remove(name, with_actions));
  };
  CHECK(remove("x", Namespaces::WithActions::Yes) == absl::StatusCode::kNotFound);
  f.putAction("bob");
  CHECK(remove("bob", Namespaces::WithActions::No) == absl::StatusCode::kFailedPrecondition);
  CHECK(f.namespaces->find("bob"));
  CHECK(remove("bob", Namespaces::WithActions::Yes) == absl::StatusCode::kOk);
}

TEST_CASE("A namespace has its own limits, where it has none the daemon's") {
  Fixture f;
  REQUIRE(f.namespaces->create("bob").ok());
  const auto limits = [&] { return f.namespaces->limitsOf(*f.namespaces->find("bob")); };
  CHECK(limits() == InvocationLimits{1000, InvocationLimits::kUnlimited});
  f.namespaces->setDefaultLimits({10, 100});
  CHECK(limits() == InvocationLimits{10, 100});
  const auto throttle = f.namespaces->find("bob")->throttle;
  REQUIRE(f.namespaces->setLimits("bob", {{}, 5}).ok());
  CHECK(limits() == InvocationLimits{10, 5});
  CHECK(f.namespaces->find("bob")->throttle == throttle);
  f.restart();
  CHECK(limits() == InvocationLimits{1000, 5});
}

TEST_CASE("Only the very key is accepted") {
  Fixture f;
  const ApiKey key = *f.namespaces->create("bob");
  const std::string text = key.text();
  Authenticator authenticator(*f.namespaces);
  const auto verdict = [&](const std::optional<std::string>& header) {
    const auto result = authenticator.check(header, "10.0.0.1", 1);
    const auto* failure = std::get_if<Failure>(&result);
    CHECK(authenticator.isRight(header) == (failure == nullptr));
    if (failure == nullptr) {
      CHECK(std::get<Caller>(result).home->id.name == "bob");
      CHECK(std::get<Caller>(result).api_key.text() == text);
    }
    return failure == nullptr ? std::nullopt : std::optional<Failure>(*failure);
  };
  CHECK(verdict(std::nullopt) == Failure::Missing);
  CHECK_FALSE(verdict(basic(text)));
  CHECK_FALSE(verdict("bAsIc  " + absl::Base64Escape(text)));

  std::string other_key = text;
  other_key.back() = other_key.back() == 'x' ? 'y' : 'x';
  std::string other_uuid = text;
  other_uuid.front() = other_uuid.front() == 'a' ? 'b' : 'a';
  for (const std::string& wrong :
       {std::string(), std::string("Basic"), std::string("Basic "), std::string("Basic !!!!"),
        text, "Bearer " + text, "Basic " + text, basic(other_key), basic(other_uuid),
        basic(text + "x"), basic(text.substr(0, text.size() - 1)), basic(""), basic(":"),
        basic(key.uuid), basic(key.uuid + ":"), basic(key.uuid + ":" + sha256(key.key)),
        basic(text + std::string(1, '\0')), std::string("Basic =")}) {
    INFO(wrong);
    CHECK(verdict(wrong) == Failure::Wrong);
  }
}

TEST_CASE("Many wrong keys from an address are throttled, a right one from there is not") {
  Fixture f;
  const std::string right = basic(f.namespaces->create("bob")->text());
  Authenticator authenticator(*f.namespaces);
  const auto failure = [&](const std::string& header, const std::string& address,
                           std::int64_t now) {
    const auto result = authenticator.check(header, address, now);
    const auto* found = std::get_if<Failure>(&result);
    return found == nullptr ? std::nullopt : std::optional<Failure>(*found);
  };
  for (int i = 0; i < FailedAttempts::kPerMinuteMax; ++i) {
    REQUIRE(failure(basic("a:b"), "10.0.0.1", 60000 + i) == Failure::Wrong);
  }
  CHECK(failure(basic("a:b"), "10.0.0.1", 119999) == Failure::TooMany);
  CHECK_FALSE(failure(right, "10.0.0.1", 119999));
  CHECK(failure(basic("a:b"), "10.0.0.1", 119999) == Failure::TooMany);
  CHECK(failure(basic("a:b"), "10.0.0.1", 120000) == Failure::Wrong);
}

TEST_CASE("Addresses are told apart by what one client cannot choose") {
  CHECK(clientNetwork("10.0.0.1") != clientNetwork("10.0.0.2"));
  CHECK(clientNetwork("::ffff:10.0.0.1") == clientNetwork("10.0.0.1"));
  CHECK(clientNetwork("2001:db8:1:2:3::4") == clientNetwork("2001:db8:1:2:ffff::"));
  CHECK(clientNetwork("2001:db8:1:2::") != clientNetwork("2001:db8:1:3::"));
  CHECK(clientNetwork("").empty());
}

TEST_CASE("Hashes are SHA-256") {
  CHECK(sha256("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(sha256("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

}  // namespace
}  // namespace owpool::daemon
