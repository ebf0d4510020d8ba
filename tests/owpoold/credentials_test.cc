#include <sys/stat.h>

#include <catch2/catch.hpp>

#include "absl/strings/escaping.h"
#include "owpoold/access/credentials.h"
#include "owpoold/support/files.h"
#include "temp_dir.h"

namespace owpool::daemon {
namespace {

using Catch::Matchers::Contains;
using Verdict = Credentials::Verdict;

std::string basic(const std::string& text) { return "Basic " + absl::Base64Escape(text); }

mode_t modeOf(const std::string& path) {
  struct stat status = {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  return status.st_mode & 0777;
}

TEST_CASE("The first start makes a key that only its owner can read, the second finds it") {
  const TempDir dir;
  const auto first = Credentials::loadOrCreate(dir.path());
  REQUIRE(first.ok());
  CHECK(first->text().size() == 36 + 1 + 64);
  CHECK(modeOf(dir.path() + "/key") == 0600);
  CHECK(*readFile(dir.path() + "/key", ByteSize::bytes(1000)) == first->text() + "\n");
  const auto second = Credentials::loadOrCreate(dir.path());
  REQUIRE(second.ok());
  CHECK(second->text() == first->text());
}

TEST_CASE("Two first starts make two keys") {
  const TempDir a;
  const TempDir b;
  CHECK(Credentials::loadOrCreate(a.path())->text() != Credentials::loadOrCreate(b.path())->text());
}

TEST_CASE("A key file that holds something else is refused by name") {
  const TempDir dir;
  for (const std::string& content :
       {std::string(), std::string("secret"), std::string(36, 'a') + ":" + std::string(63, 'k'),
        std::string(36, 'a') + ":" + std::string(63, 'k') + "\"",
        std::string(36, 'a') + "." + std::string(64, 'k'), std::string(5000, 'x')}) {
    const std::string path = dir.write("key", content);
    const auto credentials = Credentials::loadOrCreate(dir.path());
    REQUIRE_FALSE(credentials.ok());
    CHECK_THAT(std::string(credentials.status().message()), Contains(path));
  }
}

TEST_CASE("Only the very key is accepted") {
  const std::string text = std::string(36, 'a') + ":" + std::string(64, 'K');
  const auto credentials = Credentials::parse(text);
  REQUIRE(credentials);
  CHECK(credentials->check(std::nullopt) == Verdict::Missing);
  CHECK(credentials->check(basic(text)) == Verdict::Accepted);
  CHECK(credentials->check("bAsIc  " + absl::Base64Escape(text)) == Verdict::Accepted);

  std::string other_case = text;
  other_case.back() = 'k';
  std::string other_uuid = text;
  other_uuid.front() = 'b';
  for (const std::string& wrong :
       {std::string(), std::string("Basic"), std::string("Basic "), std::string("Basic !!!!"),
        text, "Bearer " + text, "Basic " + text, basic(other_case), basic(other_uuid),
        basic(text + "x"), basic(text.substr(0, text.size() - 1)), basic(""),
        basic(text + std::string(1, '\0')), std::string("Basic =")}) {
    INFO(wrong);
    CHECK(credentials->check(wrong) == Verdict::Wrong);
  }
}

TEST_CASE("A state directory is made for its owner alone, and used by one daemon at a time") {
  const TempDir dir;
  const std::string path = dir.path() + "/deep/state";
  {
    const auto first = StateDir::open(path);
    REQUIRE(first.ok());
    CHECK(modeOf(path) == 0700);
    const auto second = StateDir::open(path);
    REQUIRE_FALSE(second.ok());
    CHECK_THAT(std::string(second.status().message()), Contains("another owpoold"));
  }
  CHECK(StateDir::open(path).ok());
}

TEST_CASE("A state directory that cannot be is named") {
  const TempDir dir;
  const std::string file = dir.write("file", "");
  const auto state_dir = StateDir::open(file + "/state");
  REQUIRE_FALSE(state_dir.ok());
  CHECK_THAT(std::string(state_dir.status().message()), Contains(file + "/state"));
}

}  // namespace
}  // namespace owpool::daemon
