// Which control groups this process is in. Pure: works on the text of files of /proc.
#ifndef OWPOOL_LIB_OS_CGROUP_MOUNTS_H_
#define OWPOOL_LIB_OS_CGROUP_MOUNTS_H_

#include <optional>
#include <string>
#include <string_view>

namespace owpool::os {

// Directories of this process's own groups, where the hierarchies are mounted. A
// machine may have version 1 hierarchies and the unified one side by side.
struct CgroupMounts {
  std::optional<std::string> memory_v1;
  std::optional<std::string> freezer_v1;
  std::optional<std::string> pids_v1;
  std::optional<std::string> unified;  // Version 2.
};

// "cgroup" is /proc/self/cgroup, "mountinfo" /proc/self/mountinfo.
CgroupMounts findCgroups(std::string_view cgroup, std::string_view mountinfo);

// For the calling process; empty where they cannot be read.
CgroupMounts findOwnCgroups();

}  // namespace owpool::os

#endif  // OWPOOL_LIB_OS_CGROUP_MOUNTS_H_
