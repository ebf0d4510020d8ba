#include "os/control_file.h"

#include <cerrno>

#include <fcntl.h>
#include <unistd.h>

#include "os/unique_fd.h"

namespace owpool::os {

int writeControl(int directory_fd, const char* name, const std::string& text) {
  const UniqueFd file(::openat(directory_fd, name, O_WRONLY | O_CLOEXEC));
  if (!file.valid()) return errno;
  return ::write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()) ? 0
                                                                                            : errno;
}

std::string readControl(int directory_fd, const char* name) {
  const UniqueFd file(::openat(directory_fd, name, O_RDONLY | O_CLOEXEC));
  if (!file.valid()) return {};
  std::string text(4096, '\0');
  const ssize_t size = ::read(file.get(), text.data(), text.size());
  text.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  return text;
}

std::string_view controlValue(std::string_view text, std::string_view key) {
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.size() > key.size() && line.substr(0, key.size()) == key && line[key.size()] == ' ') {
      return line.substr(key.size() + 1);
    }
  }
  return {};
}

}  // namespace owpool::os
