#include "owpool/probe.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <cstring>
#include <string>
#include <vector>

namespace owpool {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// Listens on a free port of "family"'s loopback address; 0 if there is no such family.
struct TcpListener {
  explicit TcpListener(int family) : fd(::socket(family, SOCK_STREAM, 0)) {
    sockaddr_storage storage{};
    socklen_t size = sizeof(sockaddr_in);
    if (family == AF_INET) {
      auto* address = reinterpret_cast<sockaddr_in*>(&storage);
      address->sin_family = AF_INET;
      address->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    } else {
      auto* address = reinterpret_cast<sockaddr_in6*>(&storage);
      address->sin6_family = AF_INET6;
      address->sin6_addr = in6addr_loopback;
      size = sizeof(sockaddr_in6);
    }
    if (::bind(fd, reinterpret_cast<sockaddr*>(&storage), size) != 0) return;
    ::listen(fd, 8);
    ::getsockname(fd, reinterpret_cast<sockaddr*>(&storage), &size);
    port = ntohs(family == AF_INET ? reinterpret_cast<sockaddr_in*>(&storage)->sin_port
                                   : reinterpret_cast<sockaddr_in6*>(&storage)->sin6_port);
  }
  ~TcpListener() { ::close(fd); }
  int fd;
  int port = 0;
};

TEST_CASE("a port that accepts is reachable, one that was closed is not") {
  const auto prober = newConnectProber();
  std::string address;
  {
    const TcpListener listener(AF_INET);
    REQUIRE(listener.port != 0);
    address = "127.0.0.1:" + std::to_string(listener.port);
    CHECK(prober->probe(address, seconds(2)) == ProbeResult::Reachable);
    CHECK(prober->probe("localhost:" + std::to_string(listener.port), seconds(2)) ==
          ProbeResult::Reachable);
  }
  CHECK(prober->probe(address, seconds(2)) == ProbeResult::Unreachable);
  const TcpListener v6(AF_INET6);
  if (v6.port != 0) {
    CHECK(prober->probe("[::1]:" + std::to_string(v6.port), seconds(2)) == ProbeResult::Reachable);
  }
}

TEST_CASE("an address that does not answer is unreachable when the time is over") {
  // A queue of one that is full: the kernel neither accepts nor refuses.
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = "/tmp/owpool-probe-" + std::to_string(::getpid());
  std::memcpy(address.sun_path, path.data(), path.size());
  ::unlink(path.c_str());
  const int listener = ::socket(AF_UNIX, SOCK_STREAM, 0);
  REQUIRE(::bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  REQUIRE(::listen(listener, 0) == 0);
  const auto prober = newConnectProber();
  CHECK(prober->probe("unix:" + path, seconds(2)) == ProbeResult::Reachable);
  std::vector<int> clients;
  for (int i = 0; i < 8; ++i) {
    clients.push_back(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0));
    (void)::connect(clients.back(), reinterpret_cast<sockaddr*>(&address), sizeof address);
  }
  const auto start = std::chrono::steady_clock::now();
  CHECK(prober->probe("unix:" + path, milliseconds(100)) == ProbeResult::Unreachable);
  const auto elapsed = std::chrono::steady_clock::now() - start;
  CHECK(elapsed >= milliseconds(100));
  CHECK(elapsed < seconds(2));
  for (const int client : clients) ::close(client);
  ::close(listener);
  CHECK(prober->probe("unix:" + path, milliseconds(100)) == ProbeResult::Unreachable);
  ::unlink(path.c_str());
}

TEST_CASE("what is no address is unreachable") {
  const auto prober = newConnectProber();
  for (const std::string& address :
       {std::string(), std::string("unix:"), "unix:/" + std::string(200, 'x'), std::string(":80"),
        std::string("127.0.0.1"), std::string("127.0.0.1:"), std::string("127.0.0.1:0"),
        std::string("127.0.0.1:65536"), std::string("127.0.0.1:80x"), std::string("example:80"),
        std::string("[::1:80"), std::string("fake:1")}) {
    INFO(address);
    CHECK(prober->probe(address, milliseconds(50)) == ProbeResult::Unreachable);
  }
}

}  // namespace
}  // namespace owpool
