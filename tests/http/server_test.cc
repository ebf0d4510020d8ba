#include "http/server.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <filesystem>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>
#include <sys/resource.h>
#include <sys/stat.h>

#include "http/client.h"
#include "tests/http/server_fixture.h"

namespace owpool::http {
namespace {

using testing::connectToLoopback;
using testing::contains;
using testing::EchoServer;
using testing::RawPeer;

// Opens once; everybody waits until then.
class Gate {
 public:
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    opened_.notify_all();
  }
  bool wait() {
    std::unique_lock lock(mutex_);
    return opened_.wait_for(lock, std::chrono::seconds(20), [&] { return open_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable opened_;
  bool open_ = false;
};

TEST_CASE("every method reaches the handler") {
  const EchoServer server;
  for (const std::string method :
       {"GET", "OPTIONS", "PUT", "POST", "DELETE", "PATCH", "REPORT"}) {
    const auto answer = server.ask(method + " /a%2Fb/c?x=1+2 HTTP/1.1\r\nHost: h\r\n\r\n");
    CHECK(contains(answer, "HTTP/1.1 200 OK\r\n"));
    CHECK(contains(answer, "\r\n\r\n" + method + " /a%2Fb/c [a/b;c;] {x=1 2;} "));
  }
}

TEST_CASE("a HEAD is answered without a body") {
  const EchoServer server;
  RawPeer peer(connectToLoopback(server.port));
  peer.send("HEAD /a HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  const auto answer = peer.readAll();
  CHECK(contains(answer, "Content-Length: 16\r\n"));
  CHECK(answer.substr(answer.size() - 4) == "\r\n\r\n");
}

TEST_CASE("a server that closes after answers still takes new connections, and keeps none") {
  EchoServer server;
  RawPeer before(connectToLoopback(server.port));
  before.send("GET /a HTTP/1.1\r\nHost: h\r\n\r\n");
  CHECK(contains(before.readAnswer(), "Connection: keep-alive\r\n"));
  server.server().closeAfterAnswers();
  before.send("GET /b HTTP/1.1\r\nHost: h\r\n\r\n");
  CHECK(contains(before.readAll(), "Connection: close\r\n"));
  CHECK(contains(server.ask("GET /c HTTP/1.1\r\nHost: h\r\n\r\n"), "Connection: close\r\n"));
}

TEST_CASE("a URL may end in a question mark") {
  const EchoServer server;
  CHECK(contains(server.ask("GET /a? HTTP/1.1\r\nHost: h\r\n\r\n"), "GET /a [a;] {} "));
}

TEST_CASE("a POST without a length has an empty body and is answered at once") {
  const EchoServer server;
  const auto begin = std::chrono::steady_clock::now();
  CHECK(contains(server.ask("POST /a HTTP/1.1\r\nHost: h\r\n\r\n"), "POST /a [a;] {} "));
  CHECK(contains(server.ask("PUT /a HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n"), "PUT /a"));
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(3));
}

TEST_CASE("bodies arrive whole, however they are framed and cut up") {
  const EchoServer server;
  RawPeer peer(connectToLoopback(server.port));
  const std::string text =
      "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello"
      "\r\n"  // Some clients send an empty line too many.
      "POST /b HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3\r\nhel\r\n2;extension=\"x\"\r\nlo\r\n000\r\nTrailer: x\r\n\r\n"
      "GET /c HTTP/1.1\r\nHost: h\r\n\r\n";
  for (const char c : text) REQUIRE(peer.send({&c, 1}));
  CHECK(contains(peer.readAnswer(), "\r\n\r\nPOST /a [a;] {} hello"));
  CHECK(contains(peer.readAnswer(), "\r\n\r\nPOST /b [b;] {} hello"));
  CHECK(contains(peer.readAnswer(), "\r\n\r\nGET /c [c;] {} "));
}

TEST_CASE("requests may be sent before the previous one is answered") {
  const EchoServer server;
  RawPeer peer(connectToLoopback(server.port));
  std::string all;
  for (int i = 0; i < 200; ++i) all += fmt::format("GET /{} HTTP/1.1\r\nHost: h\r\n\r\n", i);
  REQUIRE(peer.send(all));
  for (int i = 0; i < 200; ++i) CHECK(contains(peer.readAnswer(), fmt::format("GET /{} ", i)));
}

TEST_CASE("a large body goes both ways") {
  const EchoServer server({}, [](const Request& request) {
    return Response{200, request.body, "text/plain", {}};
  });
  const std::string body(20'000'000, 'x');
  RawPeer peer(connectToLoopback(server.port));
  peer.send(fmt::format("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: {}\r\n"
                        "Connection: close\r\n\r\n", body.size()));
  peer.send(body);
  const auto answer = peer.readAll();
  CHECK(answer.size() > body.size());
  CHECK(answer.compare(answer.size() - body.size(), body.size(), body) == 0);
}

TEST_CASE("a client that waits for 100 Continue gets it") {
  const EchoServer server;
  RawPeer peer(connectToLoopback(server.port));
  peer.send("PUT /a HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  CHECK(peer.readUntil("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
  peer.send("ok");
  CHECK(contains(peer.readAnswer(), "PUT /a [a;] {} ok"));
}

TEST_CASE("a client that waits for 100 Continue is told if its body is too large") {
  const EchoServer server;
  RawPeer peer(connectToLoopback(server.port));
  peer.send(
      "PUT /a HTTP/1.1\r\nHost: h\r\nX-Small: 1\r\nContent-Length: 11\r\n"
      "Expect: 100-continue\r\n\r\n");
  CHECK(contains(peer.readAnswer(), "HTTP/1.1 413 "));
}

TEST_CASE("a connection is kept or closed as the client wants") {
  const EchoServer server;
  struct Row {
    std::string request;
    bool kept;
  };
  const auto row = GENERATE(values<Row>({
      {"GET / HTTP/1.1\r\nHost: h\r\n\r\n", true},
      {"GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", false},
      {"GET / HTTP/1.0\r\n\r\n", false},
      {"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", true},
  }));
  RawPeer peer(connectToLoopback(server.port));
  peer.send(row.request);
  CHECK(contains(peer.readAnswer(),
                 row.kept ? "Connection: keep-alive\r\n" : "Connection: close\r\n"));
  peer.send("GET /again HTTP/1.0\r\n\r\n");
  CHECK(contains(peer.readAll(), "/again") == row.kept);
}

TEST_CASE("an idle connection is closed after a while") {
  ServerLimits limits;
  limits.keep_alive = std::chrono::milliseconds(50);
  const EchoServer server(limits);
  RawPeer peer(connectToLoopback(server.port));
  peer.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  peer.readAnswer();
  CHECK(peer.readAll().empty());
}

TEST_CASE("the handler sees the headers and who asks") {
  const EchoServer server({}, [](const Request& request) {
    return Response{200, request.header("x-a").value_or("none") + request.remote_address,
                    "text/plain", {{"X-B", "c"}}};
  });
  const auto answer = server.ask("GET / HTTP/1.1\r\nHost: h\r\nX-A: one\r\nX-A: two\r\n\r\n");
  CHECK(contains(answer, "one127.0.0.1"));
  CHECK(contains(answer, "X-B: c\r\n"));
}

TEST_CASE("a handler that throws makes an empty 500") {
  const EchoServer server({}, [](const Request&) -> Response {
    throw std::runtime_error("a secret");
  });
  const auto answer = server.ask("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  CHECK(contains(answer, "HTTP/1.1 500 "));
  CHECK(contains(answer, "Content-Length: 0\r\n"));
  CHECK_FALSE(contains(answer, "secret"));
}

TEST_CASE("a port that is taken, or an address that is not ours, is an error that says so") {
  EchoServer first;
  Server second({}, [](const Request&) { return Response{}; }, nullptr, nullptr);
  const auto taken = second.start("127.0.0.1", first.port);
  REQUIRE_FALSE(taken.ok());
  CHECK(contains(std::string(taken.status().message()), std::to_string(first.port)));
  CHECK_FALSE(second.start("192.0.2.1", 0).ok());
  CHECK_FALSE(second.start("no such address", 0).ok());
  const auto port = second.start("127.0.0.1", 0);
  REQUIRE(port.ok());
  RawPeer peer(connectToLoopback(*port));
  peer.send("GET / HTTP/1.0\r\n\r\n");
  CHECK(contains(peer.readAll(), "200 OK"));
}

TEST_CASE("stopping closes idle connections at once and lets requests in flight end") {
  Gate entered;
  Gate may_answer;
  EchoServer server({}, [&](const Request& request) {
    if (request.path == "/slow") {
      entered.open();
      may_answer.wait();
    }
    return Response{200, "answered", "text/plain", {}};
  });
  RawPeer idle(connectToLoopback(server.port));
  RawPeer used(connectToLoopback(server.port));
  used.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  used.readAnswer();
  RawPeer busy(connectToLoopback(server.port));
  busy.send("GET /slow HTTP/1.1\r\nHost: h\r\n\r\n");
  REQUIRE(entered.wait());

  std::thread stopper([&] { server.server().stop(); });
  CHECK(idle.readAll().empty());
  CHECK(used.readAll().empty());
  may_answer.open();
  const auto answer = busy.readAll();
  CHECK(contains(answer, "answered"));
  CHECK(contains(answer, "Connection: close\r\n"));
  stopper.join();
  server.server().stop();
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  const sockaddr_in address = testing::loopback(server.port);
  CHECK(::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0);
  ::close(fd);
}

TEST_CASE("a server is started once") {
  EchoServer server;
  CHECK(server.server().start("127.0.0.1", 0).status().code() ==
        absl::StatusCode::kFailedPrecondition);
  server.server().stop();
  CHECK_FALSE(server.server().start("127.0.0.1", 0).ok());
}

TEST_CASE("a server that was never started can be stopped") {
  Server server({}, [](const Request&) { return Response{}; }, nullptr, nullptr);
  server.stop();
}

TEST_CASE("more clients than connections are served one after the other") {
  ServerLimits limits;
  limits.connections_max = 2;
  EchoServer server(limits);
  std::vector<std::thread> clients;
  std::atomic<int> answered = 0;
  for (int i = 0; i < 20; ++i) {
    clients.emplace_back([&] {
      if (contains(server.ask("GET / HTTP/1.1\r\nHost: h\r\n\r\n"), "200 OK")) ++answered;
    });
  }
  for (auto& client : clients) client.join();
  CHECK(answered == 20);
}

TEST_CASE("a full server can be stopped while others wait for it") {
  ServerLimits limits;
  limits.connections_max = 1;
  Gate entered;
  Gate may_answer;
  EchoServer server(limits, [&](const Request&) {
    entered.open();
    may_answer.wait();
    return Response{200, "answered", "text/plain", {}};
  });
  const std::string request = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
  RawPeer holder(connectToLoopback(server.port));
  holder.send(request);
  REQUIRE(entered.wait());
  RawPeer waiting(connectToLoopback(server.port));
  waiting.send(request);
  while (!server.server().isCrowded()) std::this_thread::yield();
  std::thread stopper([&] { server.server().stop(); });
  may_answer.open();
  const auto answer = holder.readAll();
  CHECK(contains(answer, "answered"));
  CHECK(contains(answer, "Connection: close\r\n"));
  waiting.readAll();
  stopper.join();
}

TEST_CASE("a program with more than 1024 open files is served as well") {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  const rlimit before = limit;
  limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, 4096);
  ::setrlimit(RLIMIT_NOFILE, &limit);
  std::vector<int> files;
  while (files.empty() || (files.back() < 1100 && files.back() >= 0))
    files.push_back(::dup(STDERR_FILENO));
  REQUIRE(files.back() >= 1100);
  {
    const EchoServer server;
    ClientRequest request;
    request.timeout = std::chrono::seconds(10);
    request.body_max = ByteSize::bytes(100);
    const auto end = http::exchange(fmt::format("127.0.0.1:{}", server.port), request);
    REQUIRE(std::holds_alternative<ClientResponse>(end));
    CHECK(std::get<ClientResponse>(end).status == 200);
  }
  for (const int file : files) ::close(file);
  ::setrlimit(RLIMIT_NOFILE, &before);
}

std::string directoryForSockets() {
  std::string name = (std::filesystem::temp_directory_path() / "owpool-http-XXXXXX").string();
  REQUIRE(::mkdtemp(name.data()) != nullptr);
  return name;
}

TEST_CASE("a server on a Unix socket is its owner's alone, and leaves nothing behind") {
  const std::string directory = directoryForSockets();
  const std::string path = directory + "/s";
  {
    Server server({}, [](const Request& request) {
      return Response{200, testing::describe(request), "text/plain", {}};
    }, nullptr, nullptr);
    REQUIRE(server.startUnix(path).ok());
    struct stat found {};
    REQUIRE(::stat(path.c_str(), &found) == 0);
    CHECK((found.st_mode & 0777) == 0600);

    ClientRequest request;
    request.method = "GET";
    request.target = "/a?b=c";
    request.timeout = std::chrono::seconds(20);
    request.body_max = ByteSize::mebibytes(1);
    for (int i = 0; i < 3; ++i) {
      const auto answer = exchange("unix:" + path, request);
      REQUIRE(std::holds_alternative<ClientResponse>(answer));
      CHECK(std::get<ClientResponse>(answer).body == "GET /a [a;] {b=c;} ");
    }

    Server second({}, nullptr, nullptr, nullptr);
    const auto status = second.startUnix(path);
    CHECK(status.message() == "cannot listen on " + path + ": Address already in use");
  }
  CHECK(!std::filesystem::exists(path));
  std::filesystem::remove_all(directory);
}

TEST_CASE("a path that is too long for a Unix socket is refused with the limit") {
  Server server({}, nullptr, nullptr, nullptr);
  const std::string path = "/tmp/" + std::string(103, 'x');
  CHECK(server.startUnix(path).message() ==
        "the path of a socket may have 107 characters, not 108: " + path);
}

}  // namespace
}  // namespace owpool::http
