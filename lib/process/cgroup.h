// A control group for each container: its memory limit, its pause, and a way to end all
// that it ever started. Works with version 1, version 2 and both at once, as far as
// they let us.
#ifndef OWPOOL_LIB_PROCESS_CGROUP_H_
#define OWPOOL_LIB_PROCESS_CGROUP_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "os/cgroup_mounts.h"
#include "os/unique_fd.h"
#include "owpool/units.h"

namespace owpool::process {

// One container's groups. Thread-safe, except that after remove() nothing may be called
// but remove().
class ContainerCgroup {
 public:
  struct Group {
    std::string directory;
    os::UniqueFd fd;
  };
  struct Groups {
    std::optional<Group> memory_v1;
    std::optional<Group> freezer_v1;
    std::optional<Group> unified;
  };

  ContainerCgroup(Groups groups, bool memory_limited)
      : groups_(std::move(groups)), memory_limited_(memory_limited) {}

  // What a process writes "0" to, to get in: a descriptor for each hierarchy.
  absl::StatusOr<std::vector<os::UniqueFd>> openEntrances() const;

  bool memoryLimited() const { return memory_limited_; }
  // True iff the kernel has ended a process of it for want of memory.
  bool memoryExhausted() const;

  bool canFreeze() const { return groups_.unified || groups_.freezer_v1; }
  // Asks for it; whether it has happened is told by isFrozen(). REQUIRES: canFreeze().
  absl::Status freeze(bool frozen) const;
  bool isFrozen() const;

  // Sends SIGKILL to all that is in it; returns how many there were.
  int kill() const;
  // False while processes are in it.
  bool remove();

 private:
  std::vector<const Group*> all() const;

  Groups groups_;
  bool memory_limited_;
};

// The parent of the containers' groups of one factory, below this process's own group.
class CgroupTree {
 public:
  // Null if no hierarchy lets us make groups. "name" is unique.
  static std::unique_ptr<CgroupTree> make(const os::CgroupMounts& own, const std::string& name);
  ~CgroupTree();
  CgroupTree(const CgroupTree&) = delete;
  CgroupTree& operator=(const CgroupTree&) = delete;

  bool limitsMemory() const { return memory_v1_ || memory_v2_; }
  std::vector<std::string> directories() const;

  // A group for a container. On an error nothing is left behind.
  absl::StatusOr<std::unique_ptr<ContainerCgroup>> add(const std::string& name,
                                                       ByteSize memory) const;

 private:
  CgroupTree() = default;
  absl::Status limitMemory(ContainerCgroup::Groups& groups, ByteSize memory) const;

  std::optional<std::string> memory_v1_;
  std::optional<std::string> freezer_v1_;
  std::optional<std::string> unified_;
  bool memory_v2_ = false;
};

}  // namespace owpool::process

#endif  // OWPOOL_LIB_PROCESS_CGROUP_H_
