#include "docker/container_freezer.h"

#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <iterator>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "os/cgroup_mounts.h"
#include "os/system_error.h"

namespace owpool::docker {
namespace {

constexpr std::chrono::microseconds kPoll{100};

std::string readFile(const std::string& path) {
  std::ifstream file(path);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

}  // namespace

std::optional<FreezerGroup> findFreezer(std::string_view cgroup, std::string_view mountinfo,
                                        std::string_view container_id) {
  const os::CgroupMounts groups = os::findCgroups(cgroup, mountinfo);
  const auto isIts = [&](const std::optional<std::string>& directory) {
    return directory && directory->find(container_id) != std::string::npos;
  };
  // Where there are both the engine uses version 1.
  if (isIts(groups.freezer_v1)) return FreezerGroup{*groups.freezer_v1, os::CgroupVersion::V1};
  if (isIts(groups.unified)) return FreezerGroup{*groups.unified, os::CgroupVersion::V2};
  return std::nullopt;
}

std::optional<ContainerFreezer> ContainerFreezer::of(const std::string& container_id,
                                                     std::int64_t pid) {
  const auto group = findFreezer(readFile(fmt::format("/proc/{}/cgroup", pid)),
                                 readFile("/proc/self/mountinfo"), container_id);
  if (!group) return std::nullopt;
  os::UniqueFd directory(::open(group->directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  const char* control = group->version == os::CgroupVersion::V2 ? "cgroup.freeze" : "freezer.state";
  if (!directory.valid() || ::faccessat(directory.get(), control, W_OK, 0) != 0) {
    return std::nullopt;
  }
  return ContainerFreezer(std::move(directory), group->version);
}

absl::Status ContainerFreezer::set(bool frozen, Duration timeout,
                                   const std::atomic<bool>& cancelled) const {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  if (const int error = os::setFrozen(directory_.get(), version_, frozen); error != 0) {
    return os::systemError(frozen ? "freezing the container" : "thawing the container", error);
  }
  while (os::isFrozen(directory_.get(), version_) != frozen) {
    if (cancelled) return absl::UnavailableError("the container has ended");
    if (std::chrono::steady_clock::now() >= deadline) {
      if (frozen) thaw();
      return absl::DeadlineExceededError(
          fmt::format("the container could not be {} in time", frozen ? "frozen" : "thawed"));
    }
    std::this_thread::sleep_for(kPoll);
  }
  return absl::OkStatus();
}

}  // namespace owpool::docker
