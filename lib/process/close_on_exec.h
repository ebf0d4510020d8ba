#ifndef OWPOOL_LIB_PROCESS_CLOSE_ON_EXEC_H_
#define OWPOOL_LIB_PROCESS_CLOSE_ON_EXEC_H_

namespace owpool::process {

// Closes each descriptor from "first" on. Safe between fork() and exec().
void closeFrom(int first);

// Marks each descriptor from "first" on to be closed by exec(): the host program may
// have some that are not, and none of them is the action's business. Safe between
// fork() and exec().
void closeOnExecFrom(int first);

}  // namespace owpool::process

#endif  // OWPOOL_LIB_PROCESS_CLOSE_ON_EXEC_H_
