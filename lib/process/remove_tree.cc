#include "process/remove_tree.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "os/unique_fd.h"
#include "process/raw_directory.h"

namespace owpool::process {
namespace {

// A directory deeper than this is first moved up to the top.
constexpr int kDepthMax = 16;
constexpr int kPassesMax = 100000;

struct Removal {
  int top_fd;
  unsigned next_name = 0;
  int moved = 0;
};

int openDirectory(int parent_fd, const char* name) {
  constexpr int kFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
  const int fd = ::openat(parent_fd, name, kFlags);
  if (fd >= 0 || errno != EACCES) return fd;
  ::fchmodat(parent_fd, name, 0700, 0);
  return ::openat(parent_fd, name, kFlags);
}

// Under a name that none of the container's own files is likely to have; if one has,
// the move fails and is tried with the next name.
bool moveUp(Removal& removal, int parent_fd, const char* name) {
  for (int attempt = 0; attempt < 100; ++attempt) {
    char moved[] = ".owpool-moved-00000000";
    unsigned number = removal.next_name++;
    for (char* digit = moved + sizeof moved - 2; number != 0; number >>= 4) {
      *digit-- = "0123456789abcdef"[number & 15];
    }
    if (::renameat2(parent_fd, name, removal.top_fd, moved, RENAME_NOREPLACE) == 0) {
      ++removal.moved;
      return true;
    }
    if (errno != EEXIST) return false;
  }
  return false;
}

void removeContents(Removal& removal, int fd, int depth) {
  ::fchmod(fd, 0700);
  RawDirectory entries(fd);
  while (const char* name = entries.next()) {
    if (::unlinkat(fd, name, 0) == 0) continue;
    if (errno != EISDIR && errno != EPERM) continue;
    if (::unlinkat(fd, name, AT_REMOVEDIR) == 0) continue;
    if (depth >= kDepthMax && moveUp(removal, fd, name)) continue;
    if (depth >= kDepthMax) continue;
    const os::UniqueFd child(openDirectory(fd, name));
    if (!child.valid()) continue;
    removeContents(removal, child.get(), depth + 1);
    ::unlinkat(fd, name, AT_REMOVEDIR);
  }
}

}  // namespace

int removeTree(int parent_fd, const char* name) {
  if (::unlinkat(parent_fd, name, AT_REMOVEDIR) == 0 || errno == ENOENT) return 0;
  if (errno != ENOTEMPTY && errno != EEXIST) return errno;
  const os::UniqueFd top(openDirectory(parent_fd, name));
  if (!top.valid()) return errno;
  Removal removal{top.get()};
  // Another pass finds what was moved up during this one; each takes kDepthMax levels
  // off, so that one without such a move is the last.
  for (int pass = 0; pass < kPassesMax; ++pass) {
    const int moved_before = removal.moved;
    ::lseek(top.get(), 0, SEEK_SET);
    removeContents(removal, top.get(), 0);
    if (::unlinkat(parent_fd, name, AT_REMOVEDIR) == 0 || errno == ENOENT) return 0;
    if (removal.moved == moved_before) return errno;
  }
  return ENOTEMPTY;
}

}  // namespace owpool::process
