#include "process/cgroup.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "process/cgroup_kill.h"
#include "process/system_error.h"

namespace owpool::process {
namespace {

// Returns 0 or an error number.
int writeControl(int directory_fd, const char* name, const std::string& text) {
  const UniqueFd file(::openat(directory_fd, name, O_WRONLY | O_CLOEXEC));
  if (!file.valid()) return errno;
  return ::write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()) ? 0
                                                                                            : errno;
}

std::string readControl(int directory_fd, const char* name) {
  const UniqueFd file(::openat(directory_fd, name, O_RDONLY | O_CLOEXEC));
  if (!file.valid()) return {};
  std::string text(4096, '\0');
  const ssize_t size = ::read(file.get(), text.data(), text.size());
  text.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  return text;
}

bool exists(int directory_fd, const char* name) {
  return ::faccessat(directory_fd, name, F_OK, 0) == 0;
}

// The value of the line "<key> <value>", or "".
std::string_view valueOf(std::string_view text, std::string_view key) {
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.size() > key.size() && line.substr(0, key.size()) == key && line[key.size()] == ' ') {
      return line.substr(key.size() + 1);
    }
  }
  return {};
}

bool hasWord(const std::string& text, std::string_view word) {
  return fmt::format(" {} ", text.substr(0, text.find('\n')))
             .find(fmt::format(" {} ", word)) != std::string::npos;
}

absl::StatusOr<ContainerCgroup::Group> makeGroup(const std::string& directory) {
  if (::mkdir(directory.c_str(), 0755) != 0) {
    return systemError(fmt::format("making the control group {}", directory), errno);
  }
  UniqueFd fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd.valid()) {
    const int error = errno;
    ::rmdir(directory.c_str());
    return systemError(fmt::format("opening the control group {}", directory), error);
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

absl::StatusOr<std::vector<UniqueFd>> ContainerCgroup::openEntrances() const {
  std::vector<UniqueFd> entrances;
  for (const Group* group : all()) {
    UniqueFd fd(::openat(group->fd.get(), "cgroup.procs", O_WRONLY | O_CLOEXEC));
    if (!fd.valid()) {
      return systemError(fmt::format("opening the control group {}", group->directory), errno);
    }
    entrances.push_back(std::move(fd));
  }
  return entrances;
}

bool ContainerCgroup::memoryExhausted() const {
  const auto killed = [](const std::string& text) {
    const std::string_view count = valueOf(text, "oom_kill");
    return !count.empty() && count != "0";
  };
  if (groups_.memory_v1) {
    return killed(readControl(groups_.memory_v1->fd.get(), "memory.oom_control"));
  }
  return groups_.unified && killed(readControl(groups_.unified->fd.get(), "memory.events"));
}

absl::Status ContainerCgroup::freeze(bool frozen) const {
  const int error =
      groups_.unified
          ? writeControl(groups_.unified->fd.get(), "cgroup.freeze", frozen ? "1" : "0")
          : writeControl(groups_.freezer_v1->fd.get(), "freezer.state",
                         frozen ? "FROZEN" : "THAWED");
  if (error == 0) return absl::OkStatus();
  return systemError(frozen ? "freezing the container" : "thawing the container", error);
}

bool ContainerCgroup::isFrozen() const {
  if (groups_.unified) {
    return valueOf(readControl(groups_.unified->fd.get(), "cgroup.events"), "frozen") == "1";
  }
  return groups_.freezer_v1 &&
         readControl(groups_.freezer_v1->fd.get(), "freezer.state") == "FROZEN\n";
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

std::unique_ptr<CgroupTree> CgroupTree::make(const CgroupMounts& own, const std::string& name) {
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
    const UniqueFd parent(::open(own.unified->c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    const UniqueFd top(::open(tree->unified_->c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    // A group that holds processes, as ours does, cannot give controllers to those
    // below it, unless somebody has done so before or it is the root.
    if (hasWord(readControl(parent.get(), "cgroup.controllers"), "memory") &&
        (hasWord(readControl(parent.get(), "cgroup.subtree_control"), "memory") ||
         writeControl(parent.get(), "cgroup.subtree_control", "+memory") == 0)) {
      tree->memory_v2_ = writeControl(top.get(), "cgroup.subtree_control", "+memory") == 0;
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
  if (const int error = writeControl(fd, file, bytes); error != 0) {
    return systemError(fmt::format("limiting the container's memory to {} bytes", bytes), error);
  }
  // No swap: OpenWhisk's --memory-swap equals its --memory. A machine without swap
  // accounting lacks the file. In version 1 this limit is of both together, and must
  // not be below the other, hence the order.
  const char* swap_file = memory_v1_ ? "memory.memsw.limit_in_bytes" : "memory.swap.max";
  if (exists(fd, swap_file)) {
    const int error = writeControl(fd, swap_file, memory_v1_ ? bytes : "0");
    if (error != 0) return systemError("keeping the container from swapping", error);
  }
  // The whole container ends, not one process of it that happens to be large.
  if (memory_v2_) writeControl(fd, "memory.oom.group", "1");
  return absl::OkStatus();
}

}  // namespace owpool::process
