#include "process/cgroup.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <filesystem>

#include "tests/process/process_fixture.h"

namespace owpool::process {
namespace {

std::string uniqueName(const char* what) {
  return std::string("owpool-test-") + what + "-" + std::to_string(::getpid());
}

// A child that does nothing, and is in the group when this returns.
pid_t startInside(const ContainerCgroup& cgroup) {
  auto entrances = cgroup.openEntrances();
  REQUIRE(entrances.ok());
  std::array<int, 2> pipe{};
  REQUIRE(::pipe(pipe.data()) == 0);
  const pid_t pid = ::fork();
  if (pid == 0) {
    for (const os::UniqueFd& entrance : *entrances) {
      if (::write(entrance.get(), "0", 1) != 1) ::_exit(1);
    }
    (void)!::write(pipe[1], "x", 1);
    for (;;) ::pause();
  }
  ::close(pipe[1]);
  char byte = 0;
  CHECK(::read(pipe[0], &byte, 1) == 1);
  ::close(pipe[0]);
  return pid;
}

TEST_CASE("a container's groups freeze, thaw, end what is in them, and go") {
  const os::CgroupMounts own = os::findOwnCgroups();
  os::CgroupMounts mounts;
  SECTION("all that there are") { mounts = own; }
  SECTION("version 1's freezer alone") { mounts.freezer_v1 = own.freezer_v1; }
  SECTION("version 2 alone") { mounts.unified = own.unified; }
  SECTION("memory alone, which cannot freeze") { mounts.memory_v1 = own.memory_v1; }
  auto tree = CgroupTree::make(mounts, uniqueName("tree"));
  if (!tree) {
    WARN("skipped: there are no such control groups, or they are not writable");
    return;
  }
  auto cgroup = tree->add("1", ByteSize::mebibytes(64));
  INFO(cgroup.status().ToString());
  REQUIRE(cgroup.ok());
  CHECK_FALSE(tree->add("1", ByteSize::mebibytes(64)).ok());
  const pid_t pid = startInside(**cgroup);
  CHECK_FALSE((*cgroup)->remove());
  if ((*cgroup)->canFreeze()) {
    CHECK((*cgroup)->freeze(true).ok());
    CHECK(process_test::eventually([&] { return (*cgroup)->isFrozen(); }));
    CHECK((*cgroup)->freeze(false).ok());
    CHECK(process_test::eventually([&] { return !(*cgroup)->isFrozen(); }));
    CHECK((*cgroup)->freeze(true).ok());
    CHECK(process_test::eventually([&] { return (*cgroup)->isFrozen(); }));
  }
  CHECK_FALSE((*cgroup)->memoryExhausted());
  CHECK((*cgroup)->kill() >= 1);
  int status = 0;
  CHECK(::waitpid(pid, &status, 0) == pid);
  CHECK(WIFSIGNALED(status));
  CHECK((*cgroup)->kill() == 0);
  CHECK(process_test::eventually([&] { return (*cgroup)->remove(); }));
  const auto directories = tree->directories();
  tree.reset();
  for (const auto& directory : directories) CHECK_FALSE(std::filesystem::exists(directory));
}

TEST_CASE("where no group can be made there is no tree") {
  os::CgroupMounts mounts;
  CHECK(CgroupTree::make(mounts, uniqueName("none")) == nullptr);
  mounts.memory_v1 = "/proc";
  mounts.unified = "/no-such-directory";
  CHECK(CgroupTree::make(mounts, uniqueName("none")) == nullptr);
}

}  // namespace
}  // namespace owpool::process
