// The directory that holds the containers' directories: whose it is, and that it is
// empty when a factory begins.
#ifndef OWPOOL_LIB_PROCESS_CONTAINERS_DIRECTORY_H_
#define OWPOOL_LIB_PROCESS_CONTAINERS_DIRECTORY_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "os/unique_fd.h"

namespace owpool::process {

// A file in it that says that all directories beside it are ours, names the mark of
// the containers' processes, and is locked by whoever uses the directory.
inline constexpr char kOwnerFile[] = ".owpool-containers";
inline constexpr std::size_t kDirectoryMax = 70;

struct ContainersDirectory {
  std::string path;  // Absolute.
  os::UniqueFd fd;
  os::UniqueFd lock;
};

// Makes "directory" ours: ends and removes what an earlier run left. "mark" is the
// value that the new containers' processes will be marked with. Fails, leaving all as
// it is, if it is in use, is not empty and not ours, or others may write to it.
absl::StatusOr<ContainersDirectory> takeDirectory(const std::string& directory,
                                                  const std::string& mark);

// Makes the directory "name" in it, mode 0700. The result is its path.
absl::StatusOr<std::string> makeContainerDirectory(const ContainersDirectory& parent,
                                                   const std::string& name);

// Makes a socket at "path" that accepts connections from now on: they queue until the
// container's program takes them.
absl::StatusOr<os::UniqueFd> listenAt(const std::string& path);

}  // namespace owpool::process

#endif  // OWPOOL_LIB_PROCESS_CONTAINERS_DIRECTORY_H_
