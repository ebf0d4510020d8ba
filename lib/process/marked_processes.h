// Finds and ends processes by a mark in their environment, which they keep when they
// leave their session, their process group and their parent.
//
// Safe between fork() and exec(): system calls only, no allocation, no lock.
#ifndef OWPOOL_LIB_PROCESS_MARKED_PROCESSES_H_
#define OWPOOL_LIB_PROCESS_MARKED_PROCESSES_H_

#include <sys/types.h>

#include <cstddef>

namespace owpool::process {

// The variable that marks a container's processes; its value is unique to the
// container and begins with what is unique to its factory.
inline constexpr char kMarkVariable[] = "OWPOOL_CONTAINER";

// Sends SIGKILL to every process that has an environment variable whose "NAME=value"
// begins with "mark" (a whole one if the mark's last byte is its zero), or that is in
// the session "session" (0: none). One pass; the caller's own process is left out.
// Returns how many there were, those that are ending already not counted.
int killMarkedProcesses(const char* mark, std::size_t mark_size, pid_t session);

}  // namespace owpool::process

#endif  // OWPOOL_LIB_PROCESS_MARKED_PROCESSES_H_
