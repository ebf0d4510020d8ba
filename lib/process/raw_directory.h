// Reads a directory with system calls only, for code that runs between fork() and
// exec(), where readdir() might wait for a lock that nobody will release.
#ifndef OWPOOL_LIB_PROCESS_RAW_DIRECTORY_H_
#define OWPOOL_LIB_PROCESS_RAW_DIRECTORY_H_

#include <dirent.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>

namespace owpool::process {

// Does not own the descriptor. Entries that are removed meanwhile may or may not come.
class RawDirectory {
 public:
  explicit RawDirectory(int fd) : fd_(fd) {}

  // The next entry's name, without "." and ".."; null at the end or on an error. Valid
  // until the next call.
  const char* next() {
    for (;;) {
      if (offset_ >= size_) {
        const long count = ::syscall(SYS_getdents64, fd_, buffer_, sizeof buffer_);
        if (count <= 0) return nullptr;
        size_ = static_cast<std::size_t>(count);
        offset_ = 0;
      }
      const auto* entry = reinterpret_cast<const dirent64*>(buffer_ + offset_);
      offset_ += entry->d_reclen;
      const char* name = entry->d_name;
      if (name[0] == '.' && (name[1] == 0 || (name[1] == '.' && name[2] == 0))) continue;
      return name;
    }
  }

 private:
  int fd_;
  std::size_t offset_ = 0;
  std::size_t size_ = 0;
  alignas(dirent64) char buffer_[8192];
};

}  // namespace owpool::process

#endif  // OWPOOL_LIB_PROCESS_RAW_DIRECTORY_H_
