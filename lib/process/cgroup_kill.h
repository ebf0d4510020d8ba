// Ends all that is in control groups. Safe between fork() and exec(): system calls
// only, no allocation, no lock.
#ifndef OWPOOL_LIB_PROCESS_CGROUP_KILL_H_
#define OWPOOL_LIB_PROCESS_CGROUP_KILL_H_

namespace owpool::process {

// Sends SIGKILL to the processes of the group whose directory "directory_fd" is, and
// thaws it if it is one of version 1, since frozen processes there do not even die.
// Returns how many it saw; those that have not ended yet are among them.
int killCgroup(int directory_fd);

// Ends all that is in the groups directly below "directory", removes them, and then
// itself. False if something is left.
bool killAndRemoveCgroups(const char* directory);

}  // namespace owpool::process

#endif  // OWPOOL_LIB_PROCESS_CGROUP_KILL_H_
