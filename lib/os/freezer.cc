#include "os/freezer.h"

#include "os/control_file.h"

namespace owpool::os {

int setFrozen(int directory_fd, CgroupVersion version, bool frozen) {
  return version == CgroupVersion::V2
             ? writeControl(directory_fd, "cgroup.freeze", frozen ? "1" : "0")
             : writeControl(directory_fd, "freezer.state", frozen ? "FROZEN" : "THAWED");
}

bool isFrozen(int directory_fd, CgroupVersion version) {
  return version == CgroupVersion::V2
             ? controlValue(readControl(directory_fd, "cgroup.events"), "frozen") == "1"
             : readControl(directory_fd, "freezer.state") == "FROZEN\n";
}

}  // namespace owpool::os
