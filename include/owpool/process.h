// Containers that are processes of this machine: owpool's embedded default, which
// needs nothing installed but the runtimes' own interpreters. Target owpool::process.
//
// A process container is a process group with a socket, a directory, a memory
// limit and captured output of its own. It is not a security boundary: what runs
// in it can do whatever the user can that the host program runs as.
#ifndef OWPOOL_PROCESS_H_
#define OWPOOL_PROCESS_H_

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "owpool/container_factory.h"

namespace owpool {

struct ProcessFactoryConfig {
  // The command of each runtime, by RuntimeKind::image: program and arguments. The
  // program is looked up in PATH. It must serve OpenWhisk's action protocol on the
  // listening socket that it inherits as the descriptor named by the environment
  // variable OWPOOL_LISTEN_FD (see runtimes/README.md).
  std::map<std::string, std::vector<std::string>> commands;

  // Where each container gets its own directory (mode 0700) for its socket and as
  // working directory; made if missing, emptied of what an earlier run left. At
  // most 70 characters, since a socket's path is bounded.
  std::string directory;

  // Set for every container besides PATH, HOME (its directory), LANG and TZ. Nothing
  // else of this process's environment reaches it.
  std::map<std::string, std::string> environment;

  // Beyond this much a container's answer is cut (OpenWhisk: 1 MB).
  ByteSize response_max = ByteSize::mebibytes(1);

  // Use a memory cgroup of its own for each container where the cgroup hierarchy is
  // writable; else, and if false, a limit of the address space (RLIMIT_AS or the
  // runtime's own flag, see lib/process/memory_limit.h).
  bool use_cgroups = true;
};

// Fails, saying why, if the directory cannot be made or is too long.
absl::StatusOr<std::unique_ptr<ContainerFactory>> newProcessContainerFactory(
    ProcessFactoryConfig config);

}  // namespace owpool

#endif  // OWPOOL_PROCESS_H_
