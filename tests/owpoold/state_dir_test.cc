#include <sys/stat.h>

#include <catch2/catch.hpp>

#include "owpoold/support/files.h"
#include "temp_dir.h"

namespace owpool::daemon {
namespace {

using Catch::Matchers::Contains;

mode_t modeOf(const std::string& path) {
  struct stat status = {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  return status.st_mode & 0777;
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
