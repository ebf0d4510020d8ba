#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <string>

#include "owpoold/operation/service_manager.h"
#include "temp_dir.h"

namespace owpool::daemon {
namespace {

using namespace std::chrono_literals;
using Catch::Matchers::Contains;

// systemd's end of the socket. "name" is as in NOTIFY_SOCKET.
class Listener {
 public:
  explicit Listener(const std::string& name) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, name.data(), name.size());
    if (name.front() == '@') address.sun_path[0] = '\0';
    fd_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
    REQUIRE(::bind(fd_, reinterpret_cast<sockaddr*>(&address), size) == 0);
  }
  ~Listener() { ::close(fd_); }

  // The next datagram; empty if none has come.
  std::string next() const {
    std::array<char, 1000> buffer;
    const ssize_t n = ::recv(fd_, buffer.data(), buffer.size(), MSG_DONTWAIT);
    return n < 0 ? std::string() : std::string(buffer.data(), static_cast<std::size_t>(n));
  }

 private:
  int fd_ = -1;
};

TEST_CASE("the service manager is told, at a path and at an abstract name") {
  const TempDir dir;
  for (const std::string& name :
       {dir.path() + "/notify", "@owpoold-test-" + std::to_string(::getpid())}) {
    const Listener listener(name);
    const ServiceManager manager({name, "", ""}, 1);
    manager.ready("listening on here");
    CHECK(listener.next() == "READY=1\nSTATUS=listening on here");
    manager.reloading();
    const std::string reloading = listener.next();
    CHECK_THAT(reloading, Contains("RELOADING=1\n") && Contains("\nMONOTONIC_USEC="));
    manager.stopping(90s);
    CHECK_THAT(listener.next(),
               Contains("STOPPING=1\n") && Contains("\nEXTEND_TIMEOUT_USEC=90000000\n"));
    CHECK(listener.next().empty());
  }
}

TEST_CASE("a manager that is not there, or whose name is too long, is told nothing") {
  ServiceManager({"", "", ""}, 1).ready("x");
  ServiceManager({"/does/not/exist", "", ""}, 1).ready("x");
  ServiceManager({std::string(500, 'x'), "", ""}, 1).ready("x");
}

TEST_CASE("the watchdog's time is taken if it is for this process") {
  struct Row {
    ServiceManager::Environment environment;
    std::optional<Duration> watchdog;
  };
  for (const Row& row : {Row{{"/n", "30000000", "7"}, 30s}, Row{{"/n", "30000000", ""}, 30s},
                         Row{{"/n", "30000000", "8"}, std::nullopt},
                         Row{{"", "30000000", "7"}, std::nullopt},
                         Row{{"/n", "", "7"}, std::nullopt}, Row{{"/n", "0", "7"}, std::nullopt},
                         Row{{"/n", "-5", "7"}, std::nullopt},
                         Row{{"/n", "3s", "7"}, std::nullopt}}) {
    CAPTURE(row.environment.watchdog_usec, row.environment.watchdog_pid);
    CHECK(ServiceManager(row.environment, 7).watchdog() == row.watchdog);
  }
}

TEST_CASE("what was for this process alone leaves its environment") {
  ::setenv("NOTIFY_SOCKET", "@x", 1);
  ::setenv("WATCHDOG_USEC", "5", 1);
  ::setenv("WATCHDOG_PID", "6", 1);
  const auto environment = ServiceManager::takeEnvironment();
  CHECK(environment.notify_socket == "@x");
  CHECK(environment.watchdog_usec == "5");
  CHECK(environment.watchdog_pid == "6");
  CHECK(std::getenv("NOTIFY_SOCKET") == nullptr);
  CHECK(std::getenv("WATCHDOG_USEC") == nullptr);
  CHECK(ServiceManager::takeEnvironment().notify_socket.empty());
}

}  // namespace
}  // namespace owpool::daemon
