// Stops a container's processes by its freezer control group, without the engine.
#ifndef OWPOOL_LIB_DOCKER_CONTAINER_FREEZER_H_
#define OWPOOL_LIB_DOCKER_CONTAINER_FREEZER_H_

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "os/freezer.h"
#include "os/unique_fd.h"
#include "owpool/units.h"

namespace owpool::docker {

// Where that group is. Pure: "cgroup" is /proc/PID/cgroup of the container's main process,
// "mountinfo" our own /proc/self/mountinfo. nullopt if there is none, or if it is not named
// after the container: then PID may have become another process.
struct FreezerGroup {
  std::string directory;
  os::CgroupVersion version;
  friend bool operator==(const FreezerGroup&, const FreezerGroup&) = default;
};
std::optional<FreezerGroup> findFreezer(std::string_view cgroup, std::string_view mountinfo,
                                        std::string_view container_id);

class ContainerFreezer {
 public:
  // nullopt if we cannot write it.
  static std::optional<ContainerFreezer> of(const std::string& container_id, std::int64_t pid);

  // Returns when it is so, or with an error: after "timeout" or when "cancelled" is set.
  absl::Status set(bool frozen, Duration timeout, const std::atomic<bool>& cancelled) const;
  // Asks for it, without waiting.
  void thaw() const { (void)os::setFrozen(directory_.get(), version_, false); }

 private:
  ContainerFreezer(os::UniqueFd directory, os::CgroupVersion version)
      : directory_(std::move(directory)), version_(version) {}

  os::UniqueFd directory_;
  os::CgroupVersion version_;
};

}  // namespace owpool::docker

#endif  // OWPOOL_LIB_DOCKER_CONTAINER_FREEZER_H_
