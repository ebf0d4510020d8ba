#include "process/containers_directory.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "os/system_error.h"
#include "process/marked_processes.h"
#include "process/raw_directory.h"
#include "process/remove_tree.h"

namespace owpool::process {
namespace {

// How long the guardian of a program that has just died may hold the directory.
constexpr std::chrono::seconds kLockWait{10};
constexpr std::string_view kOwnerText = "owpool containers, marked ";

absl::Status makeDirectories(const std::string& path) {
  std::error_code error;
  const std::filesystem::path parent = std::filesystem::path(path).parent_path();
  std::filesystem::create_directories(parent, error);
  if (error) return os::systemError(fmt::format("making {}", parent.string()), error.value());
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
    return os::systemError(fmt::format("making {}", path), errno);
  }
  return absl::OkStatus();
}

absl::Status checkOwner(int fd, const std::string& path) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) return os::systemError(path, errno);
  if (status.st_uid != ::geteuid() || (status.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    return absl::FailedPreconditionError(fmt::format(
        "the containers' directory {} must belong to the user that owpool runs as, and nobody "
        "else may write to it",
        path));
  }
  return absl::OkStatus();
}

absl::StatusOr<os::UniqueFd> lockOwnerFile(int directory_fd, const std::string& path) {
  constexpr int kFlags = O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC;
  os::UniqueFd file(::openat(directory_fd, kOwnerFile, kFlags, 0600));
  if (!file.valid()) return os::systemError(fmt::format("opening {}/{}", path, kOwnerFile), errno);
  const auto end = std::chrono::steady_clock::now() + kLockWait;
  while (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR) {
      return os::systemError(fmt::format("locking {}/{}", path, kOwnerFile), errno);
    }
    if (std::chrono::steady_clock::now() >= end) {
      return absl::FailedPreconditionError(
          fmt::format("the containers' directory {} is in use by another factory", path));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return file;
}

// Nothing may be in a directory without the owner's file, and directories only beside it.
absl::Status checkEntries(int directory_fd, const std::string& path) {
  const bool ours = ::faccessat(directory_fd, kOwnerFile, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
  ::lseek(directory_fd, 0, SEEK_SET);
  RawDirectory entries(directory_fd);
  while (const char* name = entries.next()) {
    if (ours && std::string_view(name) == kOwnerFile) continue;
    struct stat status {};
    if (::fstatat(directory_fd, name, &status, AT_SYMLINK_NOFOLLOW) != 0) continue;
    if (ours && S_ISDIR(status.st_mode)) continue;
    return absl::FailedPreconditionError(
        fmt::format("the containers' directory {} has {} in it, which owpool did not put there; "
                    "it must be empty or be one that owpool used before",
                    path, name));
  }
  return absl::OkStatus();
}

// The guardian has done this already, unless it was killed as well.
void endEarlierProcesses(int owner_file) {
  char text[256];
  const ssize_t size = ::pread(owner_file, text, sizeof text, 0);
  std::string_view read(text, size > 0 ? static_cast<std::size_t>(size) : 0);
  if (read.substr(0, kOwnerText.size()) != kOwnerText) return;
  read.remove_prefix(kOwnerText.size());
  read = read.substr(0, read.find('\n'));
  constexpr std::size_t kMarkMin = 32;
  if (read.size() < kMarkMin) return;
  const std::string mark = fmt::format("{}={}", kMarkVariable, read);
  for (int pass = 0; pass < 100 && killMarkedProcesses(mark.data(), mark.size(), 0) > 0; ++pass) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
}

absl::Status writeOwnerFile(int owner_file, const std::string& mark) {
  const std::string text = fmt::format("{}{}\n", kOwnerText, mark);
  if (::ftruncate(owner_file, 0) != 0 ||
      ::pwrite(owner_file, text.data(), text.size(), 0) != static_cast<ssize_t>(text.size())) {
    return os::systemError(fmt::format("writing {}", kOwnerFile), errno);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ContainersDirectory> takeDirectory(const std::string& directory,
                                                  const std::string& mark) {
  std::error_code error;
  std::string path = std::filesystem::absolute(directory, error).lexically_normal().string();
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  if (directory.empty() || error) {
    return absl::InvalidArgumentError("directory: the containers need one, and it is not given");
  }
  if (path.size() > kDirectoryMax) {
    return absl::InvalidArgumentError(fmt::format(
        "directory: {} has {} characters; it may have {}, since a socket's path is bounded", path,
        path.size(), kDirectoryMax));
  }
  if (auto status = makeDirectories(path); !status.ok()) return status;
  os::UniqueFd fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd.valid()) return os::systemError(fmt::format("opening {}", path), errno);
  if (auto status = checkOwner(fd.get(), path); !status.ok()) return status;
  if (auto status = checkEntries(fd.get(), path); !status.ok()) return status;
  auto lock = lockOwnerFile(fd.get(), path);
  if (!lock.ok()) return lock.status();
  endEarlierProcesses(lock->get());
  ::lseek(fd.get(), 0, SEEK_SET);
  RawDirectory entries(fd.get());
  while (const char* name = entries.next()) {
    if (std::string_view(name) == kOwnerFile) continue;
    if (const int failed = removeTree(fd.get(), name); failed != 0) {
      return os::systemError(fmt::format("removing {}/{} of an earlier run", path, name), failed);
    }
  }
  if (auto status = writeOwnerFile(lock->get(), mark); !status.ok()) return status;
  return ContainersDirectory{path, std::move(fd), *std::move(lock)};
}

absl::StatusOr<std::string> makeContainerDirectory(const ContainersDirectory& parent,
                                                   const std::string& name) {
  std::string path = parent.path + "/" + name;
  if (::mkdirat(parent.fd.get(), name.c_str(), 0700) == 0) return path;
  if (errno == EEXIST) {
    return absl::AlreadyExistsError(fmt::format("a container named {} exists already", name));
  }
  return os::systemError(fmt::format("making {}", path), errno);
}

absl::StatusOr<os::UniqueFd> listenAt(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) {
    return absl::InternalError(fmt::format("{} is too long for a socket's path", path));
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  os::UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd.valid() ||
      ::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(fd.get(), SOMAXCONN) != 0) {
    return os::systemError(fmt::format("listening at {}", path), errno);
  }
  return fd;
}

}  // namespace owpool::process
