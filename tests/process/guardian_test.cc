#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <filesystem>

#include "process/containers_directory.h"
#include "tests/process/process_fixture.h"

namespace owpool::process_test {
namespace {

// Starts the victim and waits until its action has left a daemon behind.
pid_t startVictim(const std::string& directory, const char* mode) {
  std::array<int, 2> pipe{};
  REQUIRE(::pipe(pipe.data()) == 0);
  const std::string interpreter = python();
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::dup2(pipe[1], 1);
    ::close(pipe[0]);
    ::close(pipe[1]);
    ::execl(OWPOOL_GUARDIAN_VICTIM, "victim", directory.c_str(), mode, interpreter.c_str(),
            nullptr);
    ::_exit(127);
  }
  ::close(pipe[1]);
  std::array<char, 16> text{};
  const ssize_t count = ::read(pipe[0], text.data(), text.size());
  ::close(pipe[0]);
  CHECK(count == 6);
  return pid;
}

TEST_CASE("when the program is killed nothing of its containers survives") {
  const char* mode = GENERATE("cgroups", "plain");
  TemporaryDirectory parent;
  const std::string directory = parent.path() + "/c";
  const pid_t victim = startVictim(directory, mode);
  const std::string home = "HOME=" + directory + "/victim";
  // Eventually: while the daemon executes its program it has no environment to know it by.
  CHECK(eventually([&] { return processesWith(home).size() == 2; }));
  ::kill(victim, SIGKILL);
  ::waitpid(victim, nullptr, 0);
  CHECK(eventually([&] { return processesWith(home).empty(); }, std::chrono::seconds(20)));
  CHECK(eventually([&] { return !std::filesystem::exists(directory + "/victim"); },
                   std::chrono::seconds(20)));
  // The guardian lets the directory go when it is done.
  CHECK(process::takeDirectory(directory, std::string(32, 'b')).ok());
}

}  // namespace
}  // namespace owpool::process_test
