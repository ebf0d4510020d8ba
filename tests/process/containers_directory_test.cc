#include "process/containers_directory.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "process/remove_tree.h"
#include "tests/process/process_fixture.h"

namespace owpool::process {
namespace {

namespace fs = std::filesystem;
using process_test::TemporaryDirectory;

const std::string kMark(32, 'a');

void write(const fs::path& path) { std::ofstream(path) << "text"; }

TEST_CASE("the containers' directory is made, with those above it") {
  TemporaryDirectory parent;
  const std::string path = parent.path() + "/a/b";
  const auto taken = takeDirectory(path, kMark);
  INFO(taken.status().ToString());
  REQUIRE(taken.ok());
  CHECK((fs::status(path).permissions() & fs::perms::all) == fs::perms::owner_all);
  REQUIRE(makeContainerDirectory(*taken, "c").ok());
  CHECK(makeContainerDirectory(*taken, "c").status().code() == absl::StatusCode::kAlreadyExists);
}

TEST_CASE("what an earlier run left is removed, and nothing that it did not make") {
  TemporaryDirectory parent;
  const std::string path = parent.path() + "/c";
  {
    const auto taken = takeDirectory(path, kMark);
    REQUIRE(taken.ok());
    fs::create_directories(path + "/old/deep");
    write(path + "/old/deep/file");
  }
  SECTION("directories go") {
    CHECK(takeDirectory(path, kMark).ok());
    CHECK_FALSE(fs::exists(path + "/old"));
  }
  SECTION("a file is not ours") {
    write(path + "/precious");
    const auto taken = takeDirectory(path, kMark);
    CHECK(taken.status().code() == absl::StatusCode::kFailedPrecondition);
    CHECK(std::string(taken.status().message()).find("precious") != std::string::npos);
    CHECK(fs::exists(path + "/old/deep/file"));
  }
}

TEST_CASE("a directory that is somebody else's is refused and left as it is") {
  TemporaryDirectory directory;
  SECTION("it has something in it") {
    fs::create_directory(directory.path() + "/holiday");
    const auto taken = takeDirectory(directory.path(), kMark);
    CHECK(taken.status().code() == absl::StatusCode::kFailedPrecondition);
    CHECK(std::string(taken.status().message()).find("holiday") != std::string::npos);
    CHECK(fs::exists(directory.path() + "/holiday"));
    CHECK_FALSE(fs::exists(directory.path() + "/" + kOwnerFile));
  }
  SECTION("others may write to it") {
    fs::permissions(directory.path(), fs::perms::all);
    CHECK(takeDirectory(directory.path(), kMark).status().code() ==
          absl::StatusCode::kFailedPrecondition);
  }
}

TEST_CASE("directories that cannot be are refused with the rule") {
  CHECK(takeDirectory("", kMark).status().code() == absl::StatusCode::kInvalidArgument);
  const auto taken = takeDirectory("/tmp/" + std::string(66, 'x'), kMark);
  CHECK(taken.status().code() == absl::StatusCode::kInvalidArgument);
  CHECK(std::string(taken.status().message()).find("70") != std::string::npos);
  CHECK_FALSE(takeDirectory("/dev/null/x", kMark).ok());
}

TEST_CASE("hostile directories are removed, and what links point to stays") {
  TemporaryDirectory parent;
  fs::create_directory(parent.path() + "/outside");
  write(parent.path() + "/outside/file");
  const std::string victim = parent.path() + "/victim";
  fs::create_directory(victim);
  fs::create_directory_symlink(parent.path() + "/outside", victim + "/link");
  fs::create_directories(victim + "/closed/inner");
  fs::permissions(victim + "/closed", fs::perms::none);
  const os::UniqueFd fd(::open(parent.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  SECTION("as they are") {}
  SECTION("very deep, and with our own names in it") {
    write(victim + "/.owpool-moved-00000000");
    const fs::path start = fs::current_path();
    fs::current_path(victim);
    for (int i = 0; i < 5000; ++i) {
      REQUIRE(::mkdir("d", 0700) == 0);
      REQUIRE(::chdir("d") == 0);
    }
    fs::current_path(start);
  }
  CHECK(removeTree(fd.get(), "victim") == 0);
  CHECK_FALSE(fs::exists(victim));
  CHECK(fs::exists(parent.path() + "/outside/file"));
  CHECK(removeTree(fd.get(), "victim") == 0);
  CHECK(removeTree(fd.get(), "outside/file") != 0);
}

}  // namespace
}  // namespace owpool::process
