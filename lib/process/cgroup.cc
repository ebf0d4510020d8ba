#include "process/cgroup.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "os/control_file.h"
#include "os/freezer.h"
#include "os/system_error.h"
#include "process/cgroup_kill.h"

namespace owpool::process {
namespace {

bool exists(int directory_fd, const char* name) {
  return ::faccessat(directory_fd, name, F_OK, 0) == 0;
}

bool hasWord(const std::string& text, std::string_view word) {
  return fmt::format(" {} ", text.substr(0, text.find('\n')))
             .find(fmt::format(" {} ", word)) != std::string::npos;
}

absl::StatusOr<ContainerCgroup::Group> makeGroup(const std::string& directory) {
  if (::mkdir(directory.c_str(), 0755) != 0) {
    return os::systemError(fmt::format("making the control group {}", directory), errno);
  }
  os::UniqueFd fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd.valid()) {
    const int error = errno;
    ::rmdir(directory.c_str());
    return os::systemError(fmt::format("opening the control group {}", directory), error);
  }
  return ContainerCgroup::Group{directory, std::move(fd)};
}

}  // namespace

std::vector<const ContainerCgroup::Group*> ContainerCgroup::all() const {
  std::vector<const Group*> result;
  for (const auto* group : {&groups_.memory_v1, &groups_.freezer_v1, &groups_.unified}) {
    if (*group) result.push_back(&**group);
  }
  return result;
}

absl::StatusOr<std::vector<os::UniqueFd>> ContainerCgroup::openEntrances() const {
  std::vector<os::UniqueFd> entrances;
  for (const Group* group : all()) {
    os::UniqueFd fd(::openat(group->fd.get(), "cgroup.procs", O_WRONLY | O_CLOEXEC));
    if (!fd.valid()) {
      return os::systemError(fmt::format("opening the control group {}", group->directory), errno);
    }
    entrances.push_back(std::move(fd));
  }
  return entrances;
}

bool ContainerCgroup::memoryExhausted() const {
  const auto killed = [](const std::string& text) {
    const std::string_view count = os::controlValue(text, "oom_kill");
    return !count.empty() && count != "0";
  };
  if (groups_.memory_v1) {
    return killed(os::readControl(groups_.memory_v1->fd.get(), "memory.oom_control"));
  }
  return groups_.unified && killed(os::readControl(groups_.unified->fd.get(), "memory.events"));
}

absl::Status ContainerCgroup::freeze(bool frozen) const {
  const int error = groups_.unified
                        ? os::setFrozen(groups_.unified->fd.get(), os::CgroupVersion::V2, frozen)
                        : os::setFrozen(groups_.freezer_v1->fd.get(), os::CgroupVersion::V1,
                                        frozen);
  if (error == 0) return absl::OkStatus();
  return os::systemError(frozen ? "freezing the container" : "thawing the container", error);
}

bool ContainerCgroup::isFrozen() const {
  if (groups_.unified) return os::isFrozen(groups_.unified->fd.get(), os::CgroupVersion::V2);
  return groups_.freezer_v1 &&
         os::isFrozen(groups_.freezer_v1->fd.get(), os::CgroupVersion::V1);
}

int ContainerCgroup::kill() const {
  int count = 0;
  for (const Group* group : all()) count = std::max(count, killCgroup(group->fd.get()));
  return count;
}

bool ContainerCgroup::remove() {
  bool removed = true;
  for (const Group* group : all()) {
    if (::rmdir(group->directory.c_str()) != 0 && errno != ENOENT) removed = false;
  }
  return removed;
}

std::unique_ptr<CgroupTree> CgroupTree::make(const os::CgroupMounts& own, const std::string& name) {
  std::unique_ptr<CgroupTree> tree(new CgroupTree);
  const auto makeBelow = [&](const std::optional<std::string>& parent, const char* needed) {
    std::optional<std::string> made;
    if (!parent || ::access((*parent + "/cgroup.procs").c_str(), W_OK) != 0) return made;
    auto group = makeGroup(*parent + "/" + name);
    if (!group.ok()) return made;
    if (exists(group->fd.get(), needed)) {
      made = group->directory;
    } else {
      ::rmdir(group->directory.c_str());
    }
    return made;
  };
  tree->memory_v1_ = makeBelow(own.memory_v1, "memory.limit_in_bytes");
  tree->unified_ = makeBelow(own.unified, "cgroup.freeze");
  // Version 2 freezes better: what it froze can still be killed.
  if (!tree->unified_) tree->freezer_v1_ = makeBelow(own.freezer_v1, "freezer.state");
  if (tree->unified_ && !tree->memory_v1_) {
    const os::UniqueFd parent(::open(own.unified->c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    const os::UniqueFd top(::open(tree->unified_->c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    // A group that holds processes, as ours does, cannot give controllers to those
    // below it, unless somebody has done so before or it is the root.
    if (hasWord(os::readControl(parent.get(), "cgroup.controllers"), "memory") &&
        (hasWord(os::readControl(parent.get(), "cgroup.subtree_control"), "memory") ||
         os::writeControl(parent.get(), "cgroup.subtree_control", "+memory") == 0)) {
      tree->memory_v2_ = os::writeControl(top.get(), "cgroup.subtree_control", "+memory") == 0;
    }
  }
  if (tree->directories().empty()) return nullptr;
  return tree;
}

CgroupTree::~CgroupTree() {
  for (const std::string& directory : directories()) ::rmdir(directory.c_str());
}

std::vector<std::string> CgroupTree::directories() const {
  std::vector<std::string> result;
  for (const auto* directory : {&memory_v1_, &freezer_v1_, &unified_}) {
    if (*directory) result.push_back(**directory);
  }
  return result;
}

absl::StatusOr<std::unique_ptr<ContainerCgroup>> CgroupTree::add(const std::string& name,
                                                                 ByteSize memory) const {
  ContainerCgroup::Groups groups;
  const auto makeIn = [&](const std::optional<std::string>& parent,
                          std::optional<ContainerCgroup::Group>& group) {
    if (!parent) return absl::OkStatus();
    auto made = makeGroup(*parent + "/" + name);
    if (!made.ok()) return made.status();
    group = *std::move(made);
    return absl::OkStatus();
  };
  absl::Status status = makeIn(memory_v1_, groups.memory_v1);
  if (status.ok()) status = makeIn(freezer_v1_, groups.freezer_v1);
  if (status.ok()) status = makeIn(unified_, groups.unified);
  if (status.ok()) status = limitMemory(groups, memory);
  auto cgroup = std::make_unique<ContainerCgroup>(std::move(groups), limitsMemory());
  if (status.ok()) return cgroup;
  cgroup->remove();
  return status;
}

absl::Status CgroupTree::limitMemory(ContainerCgroup::Groups& groups, ByteSize memory) const {
  if (!limitsMemory()) return absl::OkStatus();
  const std::string bytes = std::to_string(memory.count());
  const int fd = memory_v1_ ? groups.memory_v1->fd.get() : groups.unified->fd.get();
  const char* file = memory_v1_ ? "memory.limit_in_bytes" : "memory.max";
  if (const int error = os::writeControl(fd, file, bytes); error != 0) {
    return os::systemError(fmt::format("limiting the container's memory to {} bytes", bytes),
                           error);
  }
  // No swap: OpenWhisk's --memory-swap equals its --memory. A machine without swap
  // accounting lacks the file. In version 1 this limit is of both together, and must
  // not be below the other, hence the order.
  const char* swap_file = memory_v1_ ? "memory.memsw.limit_in_bytes" : "memory.swap.max";
  if (exists(fd, swap_file)) {
    const int error = os::writeControl(fd, swap_file, memory_v1_ ? bytes : "0");
    if (error != 0) return os::systemError("keeping the container from swapping", error);
  }
  // The whole container ends, not one process of it that happens to be large.
  if (memory_v2_) os::writeControl(fd, "memory.oom.group", "1");
  return absl::OkStatus();
}

}  // namespace owpool::process
