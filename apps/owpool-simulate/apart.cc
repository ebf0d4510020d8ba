#include "owpool-simulate/apart.h"

#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace owpool::simulate {
namespace {

constexpr unsigned kHangSeconds = 60;
constexpr int kFailed = 3;

[[noreturn]] void fail(const char* what) {
  fmt::print(stderr, "owpool-simulate: {}: {}\n", what, std::strerror(errno));
  std::exit(EXIT_FAILURE);
}

std::string contentOf(int file) {
  std::string content;
  std::array<char, 4096> part{};
  ::lseek(file, 0, SEEK_SET);
  for (ssize_t n = 0; (n = ::read(file, part.data(), part.size())) > 0;) {
    content.append(part.data(), static_cast<std::size_t>(n));
  }
  return content;
}

[[noreturn]] void runChild(const std::function<std::string()>& run, int error_file) {
  ::dup2(error_file, STDERR_FILENO);
  std::signal(SIGABRT, SIG_DFL);  // Whoever runs us may have handlers of their own.
  std::signal(SIGSEGV, SIG_DFL);
  keepAlive();
  const std::string failure = run();
  std::fflush(stdout);
  fmt::print(stderr, "{}", failure);
  std::fflush(stderr);
  ::_exit(failure.empty() ? EXIT_SUCCESS : kFailed);
}

}  // namespace

namespace internal {

void* mapShared(std::size_t size) {
  void* memory =
      ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) fail("no memory to share");
  return memory;
}

void unmapShared(void* memory, std::size_t size) { ::munmap(memory, size); }

}  // namespace internal

std::string runApart(const std::function<std::string()>& run) {
  const int error_file = ::memfd_create("stderr", MFD_CLOEXEC);
  if (error_file < 0) fail("cannot make a file in memory");
  std::fflush(nullptr);  // Or the child would print it once more.
  const pid_t child = ::fork();
  if (child < 0) fail("cannot fork");
  if (child == 0) runChild(run, error_file);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) fail("cannot wait for a child");
  }
  std::string text = contentOf(error_file);
  ::close(error_file);
  if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SUCCESS) return "";
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM) {
    return text + fmt::format("it did not end within {} s", kHangSeconds);
  }
  if (WIFSIGNALED(status)) return text + fmt::format("it was ended by signal {}", WTERMSIG(status));
  if (WEXITSTATUS(status) != kFailed) {
    return text + fmt::format("it ended with status {}", WEXITSTATUS(status));
  }
  return text;
}

void keepAlive() { ::alarm(kHangSeconds); }

}  // namespace owpool::simulate
