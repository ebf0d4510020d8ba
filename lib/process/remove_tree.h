#ifndef OWPOOL_LIB_PROCESS_REMOVE_TREE_H_
#define OWPOOL_LIB_PROCESS_REMOVE_TREE_H_

namespace owpool::process {

// Removes the directory "name" of the directory "parent_fd" with all it contains. What
// is in it may be hostile: symbolic links are not followed, directories without
// permissions are given them, and depth costs neither stack nor descriptors. Returns 0
// (also if there is no such directory) or an error number.
//
// Safe between fork() and exec(): system calls only, no allocation, no lock.
int removeTree(int parent_fd, const char* name);

}  // namespace owpool::process

#endif  // OWPOOL_LIB_PROCESS_REMOVE_TREE_H_
