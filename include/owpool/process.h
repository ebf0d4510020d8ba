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

  // Set for every container besides PATH, HOME (its directory), LANG and TZ, and our own
  // OWPOOL_LISTEN_FD and OWPOOL_CONTAINER. Nothing else of this process's environment
  // reaches it.
  std::map<std::string, std::string> environment;

  // Beyond this much a container's answer is cut (OpenWhisk: 1 MB).
  ByteSize response_max = ByteSize::mebibytes(1);

  // Use control groups of its own for each container where their hierarchies are
  // writable: to limit its memory, to pause it and to end all that it started. Else,
  // and if false, its memory is limited by RLIMIT_DATA (see lib/process/memory_limit.h),
  // it is paused by a signal, and what it started is found by its environment.
  bool use_cgroups = true;
};

// Fails, saying why, if the directory cannot be made, is too long, is used by another
// factory, or has something in it that owpool did not put there; or if a command or a
// variable cannot be used as it is. The factory has two threads, and a small process
// that ends the containers' processes should this one be killed. Needs Linux 5.4.
absl::StatusOr<std::unique_ptr<ContainerFactory>> newProcessContainerFactory(
    ProcessFactoryConfig config);

}  // namespace owpool

#endif  // OWPOOL_PROCESS_H_
