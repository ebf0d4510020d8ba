#include "os/cgroup_mounts.h"

#include <catch2/catch.hpp>

using owpool::os::CgroupMounts;
using owpool::os::findCgroups;

TEST_CASE("version 1, version 2 and both at once are found") {
  const std::string mixed =
      "31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw\n"
      "35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory\n"
      "37 31 0:34 / /sys/fs/cgroup/freezer rw - cgroup cgroup rw,freezer\n"
      "38 31 0:35 / /sys/fs/cgroup/pids rw,relatime - cgroup cgroup rw,pids\n"
      "41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n";
  const CgroupMounts mounts =
      findCgroups("4:memory:/a/b\n5:pids:/p\n6:cpu,freezer:/\n9:name=systemd:/x\n0::/u\n", mixed);
  CHECK(mounts.memory_v1 == "/sys/fs/cgroup/memory/a/b");
  CHECK(mounts.freezer_v1 == "/sys/fs/cgroup/freezer");
  CHECK(mounts.pids_v1 == "/sys/fs/cgroup/pids/p");
  CHECK(mounts.unified == "/sys/fs/cgroup/unified/u");

  const CgroupMounts second = findCgroups(
      "0::/user.slice/user@0.service/a\n",
      "30 23 0:26 / /sys/fs/cgroup rw shared:4 master:1 - cgroup2 cgroup2 rw,nsdelegate\n");
  CHECK(second.unified == "/sys/fs/cgroup/user.slice/user@0.service/a");
  CHECK_FALSE(second.memory_v1);
}

TEST_CASE("a mount that shows part of a hierarchy is understood") {
  const auto unified = [](const std::string& group, const std::string& root) {
    return findCgroups("0::" + group + "\n",
                       "1 2 0:3 " + root + " /c\\040g rw - cgroup2 cgroup rw\n")
        .unified;
  };
  CHECK(unified("/docker/1", "/docker/1") == "/c g");
  CHECK(unified("/docker/1/sub", "/docker/1") == "/c g/sub");
  CHECK(unified("/", "/docker/1") == "/c g");
  CHECK(unified("/docker/12", "/docker/1") == "/c g");
}

TEST_CASE("text that is not as it should be gives nothing") {
  for (const char* text : {"", "\n\n", "x", "1 2 3 - cgroup2", " - cgroup2 a b", "0:\n0\n:::"}) {
    const CgroupMounts mounts = findCgroups(text, text);
    CHECK_FALSE(mounts.memory_v1);
    CHECK_FALSE(mounts.freezer_v1);
    CHECK_FALSE(mounts.unified);
  }
}
