// Stops all processes of a control group where they are, and lets them go on.
#ifndef OWPOOL_LIB_OS_FREEZER_H_
#define OWPOOL_LIB_OS_FREEZER_H_

namespace owpool::os {

enum class CgroupVersion { V1, V2 };

// "directory_fd" is the group's directory, of version 1 that in the freezer's hierarchy.
// Asks for it; whether it has happened is told by isFrozen(). Returns 0 or an error number.
int setFrozen(int directory_fd, CgroupVersion version, bool frozen);

bool isFrozen(int directory_fd, CgroupVersion version);

}  // namespace owpool::os

#endif  // OWPOOL_LIB_OS_FREEZER_H_
