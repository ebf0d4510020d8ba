// A server that has no room left: in threads, or in descriptors.
#include <atomic>
#include <chrono>
#include <ctime>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>
#include <sys/resource.h>

#include "http/client_waits.h"
#include "tests/http/server_fixture.h"

namespace owpool::http {
namespace {

using testing::connectToLoopback;
using testing::contains;
using testing::EchoServer;
using testing::RawPeer;
using std::chrono::milliseconds;

constexpr std::string_view kGood = "GET /good HTTP/1.1\r\nHost: h\r\n\r\n";
constexpr std::string_view kLarge = "GET /large HTTP/1.1\r\nHost: h\r\n\r\n";

Response largeIfAsked(const Request& request) {
  return {200, std::string(request.path == "/large" ? 30'000'000 : 5, 'x'), "t", {}};
}

TEST_CASE("as many clients that do nothing as there may be connections keep nobody out") {
  ServerLimits limits;
  limits.connections_max = 8;
  EchoServer server(limits, largeIfAsked);
  const auto begun = GENERATE(as<std::string>{}, "", "G", "GET / HTTP/1.1\r\nHost: h\r\nA: ",
                              std::string(kGood), std::string(kLarge),
                              "PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nab",
                              "PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3",
                              "PUT / HTTP/9.9\r\nHost: h\r\n\r\n");
  CAPTURE(begun);
  std::vector<std::unique_ptr<RawPeer>> idlers;
  for (int i = 0; i < 3 * limits.connections_max; ++i) {
    idlers.push_back(std::make_unique<RawPeer>(connectToLoopback(server.port)));
    idlers.back()->send(begun);
  }
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < 20; ++i) REQUIRE(contains(server.ask(kGood), "200 OK"));
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(8));
}

TEST_CASE("a request that is being served is not broken off for another, however long it takes") {
  ServerLimits limits;
  limits.connections_max = 1;
  const EchoServer server(limits, [](const Request& request) {
    if (request.path == "/slow") std::this_thread::sleep_for(milliseconds(900));
    return Response{200, "answered", "t", {}};
  });
  RawPeer slow(connectToLoopback(server.port));
  slow.send("GET /slow HTTP/1.1\r\nHost: h\r\n\r\n");
  RawPeer other(connectToLoopback(server.port));
  other.send(kGood);
  CHECK(contains(slow.readAnswer(), "answered"));
  CHECK(contains(other.readAnswer(), "answered"));
}

TEST_CASE("large bodies have so much memory together, and keep no small one out") {
  constexpr std::size_t kLargeBody = 3 << 20;
  ServerLimits limits;
  limits.body_max = ByteSize::mebibytes(4);
  limits.large_bodies_max = ByteSize::mebibytes(4);  // Two times what is beyond the first.
  std::atomic<bool> may_answer = false;
  EchoServer server(limits, [&](const Request& request) {
    while (request.body.size() == kLargeBody && !may_answer) {
      std::this_thread::sleep_for(milliseconds(1));
    }
    return Response{200, std::to_string(request.body.size()), "t", {}};
  });
  const auto put = [](std::size_t size) {
    return fmt::format("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: {}\r\n\r\n", size) +
           std::string(size, 'x');
  };
  std::vector<std::unique_ptr<RawPeer>> large;
  for (int i = 0; i < 2; ++i) {
    large.push_back(std::make_unique<RawPeer>(connectToLoopback(server.port)));
    REQUIRE(large.back()->send(put(kLargeBody)));
  }
  while (server.handled < 2) std::this_thread::sleep_for(milliseconds(1));
  CHECK(contains(server.ask(put((1 << 20) + 1)), "503"));
  CHECK(contains(server.ask(put(1 << 20)), "1048576"));
  may_answer = true;
  for (const auto& peer : large) CHECK(contains(peer->readAnswer(), std::to_string(kLargeBody)));
  large.clear();
  CHECK(contains(server.ask(put(kLargeBody)), std::to_string(kLargeBody)));
}

TEST_CASE("an upload that goes on is not broken off for another") {
  ServerLimits limits;
  limits.connections_max = 1;
  const EchoServer server(limits, [](const Request& request) {
    return Response{200, std::to_string(request.body.size()), "t", {}};
  });
  constexpr std::size_t kPart = 70000;
  constexpr std::size_t kParts = 8;
  RawPeer slow(connectToLoopback(server.port));
  slow.send(fmt::format("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: {}\r\n\r\n", kPart * kParts));
  RawPeer other(connectToLoopback(server.port));
  other.send(kGood);
  for (std::size_t i = 0; i < kParts; ++i) {
    REQUIRE(slow.send(std::string(kPart, 'x')));
    std::this_thread::sleep_for(milliseconds(100));
  }
  CHECK(contains(slow.readAnswer(), "\r\n\r\n560000"));
  CHECK(contains(other.readAnswer(), "200 OK"));
}

// Two connected sockets.
struct Pair {
  Pair() { REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) == 0); }
  ~Pair() {
    ::close(fds[0]);
    ::close(fds[1]);
  }
  bool isShutDown() const {
    char c = 0;
    return ::recv(fds[1], &c, 1, MSG_DONTWAIT) == 0;
  }
  int fds[2] = {-1, -1};
};

TEST_CASE("the connection that has waited longest is closed first, and each only once") {
  ClientWaits waits(milliseconds(0));
  const Pair a;
  const Pair b;
  const Pair c;
  for (const Pair* pair : {&a, &b, &c}) waits.enter(pair->fds[0], ClientWaits::For::Bytes);
  waits.enter(a.fds[0], ClientWaits::For::Bytes);  // Anew: now it is the youngest.
  waits.closeLongest();
  CHECK((b.isShutDown() && !c.isShutDown() && !a.isShutDown()));
  waits.closeLongest();
  CHECK((c.isShutDown() && !a.isShutDown()));
  waits.leave(a.fds[0]);
  waits.closeLongest();
  CHECK_FALSE(a.isShutDown());
}

TEST_CASE("a connection that has not waited for long is left alone") {
  ClientWaits waits(std::chrono::hours(1));
  const Pair pair;
  waits.enter(pair.fds[0], ClientWaits::For::Request);
  waits.closeLongest();
  CHECK_FALSE(pair.isShutDown());
}

TEST_CASE("stopping closes those that wait for a request, and lets no more wait for one") {
  ClientWaits waits(milliseconds(0));
  const Pair idle;
  const Pair busy;
  REQUIRE(waits.enter(idle.fds[0], ClientWaits::For::Request));
  REQUIRE(waits.enter(busy.fds[0], ClientWaits::For::Bytes));
  waits.stop();
  CHECK((idle.isShutDown() && !busy.isShutDown()));
  CHECK_FALSE(waits.enter(busy.fds[0], ClientWaits::For::Request));
  CHECK(waits.enter(busy.fds[0], ClientWaits::For::Bytes));
}

// Uses every descriptor up to a limit; gives them back at the end.
class NoDescriptors {
 public:
  NoDescriptors() {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    const rlimit low{128, before_.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &low);
    for (int fd = 0; (fd = ::dup(STDERR_FILENO)) >= 0;) fds_.push_back(fd);
  }
  ~NoDescriptors() {
    release();
    ::setrlimit(RLIMIT_NOFILE, &before_);
  }
  void release() {
    for (const int fd : fds_) ::close(fd);
    fds_.clear();
  }

 private:
  rlimit before_{};
  std::vector<int> fds_;
};

// A socket made before the descriptors were used up.
void connectNow(int fd, int port) {
  const sockaddr_in address = testing::loopback(port);
  REQUIRE(::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0);
}

TEST_CASE("without a descriptor left a server waits calmly and then goes on") {
  const EchoServer server;
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  RawPeer peer(fd);
  NoDescriptors none;
  connectNow(fd, server.port);
  REQUIRE(peer.send(kGood));
  const std::clock_t begin = std::clock();
  std::this_thread::sleep_for(milliseconds(500));
  const double seconds = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
  CHECK(seconds < 0.1);
  none.release();
  CHECK(contains(peer.readAnswer(), "GET /good"));
  CHECK(contains(server.ask(kGood), "GET /good"));
}

TEST_CASE("without a descriptor left idle connections give way to new ones") {
  const EchoServer server;
  RawPeer idle(connectToLoopback(server.port));
  idle.send(kGood);
  REQUIRE(contains(idle.readAnswer(), "GET /good"));
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  RawPeer peer(fd);
  const NoDescriptors none;
  connectNow(fd, server.port);
  REQUIRE(peer.send(kGood));
  CHECK(contains(peer.readAnswer(), "GET /good"));
  CHECK(idle.readAll().empty());
}

}  // namespace
}  // namespace owpool::http
