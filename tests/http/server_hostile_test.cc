#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/http/server_fixture.h"

namespace owpool::http {
namespace {

using testing::connectToLoopback;
using testing::contains;
using testing::EchoServer;
using testing::RawPeer;

constexpr std::string_view kGood = "GET /good HTTP/1.1\r\nHost: h\r\n\r\n";

TEST_CASE("what is no request is refused, told so, and harms nobody else") {
  struct Row {
    std::string request;
    int status;
  };
  const std::string post = "POST / HTTP/1.1\r\nHost: h\r\n";
  const std::string chunked = post + "Transfer-Encoding: chunked\r\n\r\n";
  const auto row = GENERATE_COPY(values<Row>({
      {"garbage\r\n\r\n", 400},
      {"\x16\x03\x01\x02\r\n\r\n", 400},
      {"GET / HTTP/1.1\nHost: h\n\n", 400},
      {"GET / HTTP/1.1\r\nHost: h\r\nA: b\nC: d\r\n\r\n", 400},
      {"GET /%zz HTTP/1.1\r\nHost: h\r\n\r\n", 400},
      {"GET / HTTP/9.9\r\nHost: h\r\n\r\n", 505},
      {"GET /" + std::string(20000, 'a') + " HTTP/1.1\r\nHost: h\r\n\r\n", 431},
      {"GET / HTTP/1.1\r\nHost: h\r\nA: " + std::string(100000, 'a') + "\r\n\r\n", 431},
      {std::string(100000, 'a'), 431},
      {post + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400},
      {post + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {post + "Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n\x1f\x8b", 415},
      {post + "Expect: the-unexpected\r\nContent-Length: 2\r\n\r\nab", 417},
      {post + "Content-Length: 99999999999\r\n\r\nab", 413},
      {post + "X-Small: 1\r\nContent-Length: 11\r\n\r\n12345678901", 413},
      {post + "X-Small: 1\r\nTransfer-Encoding: chunked\r\n\r\n6\r\n123456\r\n5\r\n12345\r\n", 413},
      {post + "X-Small: 1\r\nTransfer-Encoding: chunked\r\n\r\n7fffffff\r\n12345678901", 413},
      {chunked + "-2\r\nab\r\n0\r\n\r\n", 400},
      {chunked + "+2\r\nab\r\n0\r\n\r\n", 400},
      {chunked + "0x2\r\nab\r\n0\r\n\r\n", 400},
      {chunked + " 2\r\nab\r\n0\r\n\r\n", 400},
      {chunked + "\r\nab\r\n0\r\n\r\n", 400},
      {chunked + "zz\r\n", 400},
      {chunked + "fffffffffffffffff\r\n", 400},
      {chunked + "2\r\nabc\r\n0\r\n\r\n", 400},
      {chunked + "2\nab\n0\n\n", 400},
      {chunked + "2;" + std::string(5000, 'e') + "\r\nab\r\n0\r\n\r\n", 400},
      {chunked + std::string(5000, '0'), 400},
      {chunked + "0\r\n" + std::string(3000, 't'), 400},
  }));
  CAPTURE(row.request.substr(0, 120));
  EchoServer server;
  RawPeer peer(connectToLoopback(server.port));
  peer.send(row.request);
  const auto answer = peer.readAll();
  CHECK(contains(answer, fmt::format("HTTP/1.1 {} ", row.status)));
  CHECK(contains(answer, "Connection: close\r\n"));
  CHECK(contains(answer, "\r\n\r\nrefused: "));
  CHECK(server.handled == 0);
  CHECK(contains(server.ask(kGood), "GET /good"));
}

TEST_CASE("too many headers and too many trailers are refused") {
  const EchoServer server;
  std::string headers;
  for (int i = 0; i < 200; ++i) headers += fmt::format("H{}: v\r\n", i);
  CHECK(contains(server.ask("GET / HTTP/1.1\r\nHost: h\r\n" + headers + "\r\n"), "HTTP/1.1 431 "));
  std::string trailers;
  for (int i = 0; i < 2000; ++i) trailers += "Trailer: value\r\n";
  CHECK(contains(server.ask("PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" +
                            trailers + "\r\n"),
                 "HTTP/1.1 400 "));
}

TEST_CASE("exactly as much as allowed is accepted") {
  ServerLimits limits;
  limits.header_bytes_max = 100;
  const EchoServer server(limits);
  const std::string start = "GET /a HTTP/1.1\r\nHost: ";
  const std::string fits = start + std::string(100 - start.size() - 4, 'h') + "\r\n\r\n";
  REQUIRE(fits.size() == 100);
  CHECK(contains(server.ask(fits), "GET /a"));
  CHECK(contains(server.ask(start + "h" + fits.substr(start.size())), "HTTP/1.1 431 "));
  CHECK(contains(server.ask("PUT / HTTP/1.1\r\nHost: h\r\nX-Small: 1\r\nContent-Length: 10\r\n\r\n"
                            "1234567890"),
                 "1234567890"));
}

TEST_CASE("a client that is cut off in mid-upload still reads why") {
  ServerLimits limits;
  limits.body_max = ByteSize::bytes(1000);
  const EchoServer server(limits);
  const std::string body(8'000'000, 'x');
  const bool chunked = GENERATE(false, true);
  RawPeer peer(connectToLoopback(server.port));
  peer.send("POST / HTTP/1.1\r\nHost: h\r\n");
  if (chunked) {
    peer.send(fmt::format("Transfer-Encoding: chunked\r\n\r\n{:x}\r\n", body.size()));
  } else {
    peer.send(fmt::format("Content-Length: {}\r\n\r\n", body.size()));
  }
  CHECK(peer.send(body));
  CHECK(contains(peer.readAll(), "HTTP/1.1 413 "));
}

TEST_CASE("a client that dribbles is cut off whatever it does") {
  ServerLimits limits;
  limits.header_timeout = std::chrono::milliseconds(150);
  limits.body_timeout = std::chrono::milliseconds(150);
  EchoServer server(limits);
  const std::string start = GENERATE(
      as<std::string>{}, "G", "GET / HTTP/1.1\r\nHost: h\r\nA: ",
      "PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n",
      "PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nfffff\r\n",
      "PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1;");
  RawPeer peer(connectToLoopback(server.port));
  peer.send(start);
  const auto begin = std::chrono::steady_clock::now();
  // It goes on dribbling for as long as the server takes it.
  std::thread dribbler([&] {
    while (peer.send("a") && std::chrono::steady_clock::now() - begin < std::chrono::seconds(10))
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
  });
  const auto answer = peer.readAll();
  dribbler.join();
  CHECK(contains(answer, "HTTP/1.1 408 "));
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(8));
  CHECK(server.handled == 0);
}

TEST_CASE("clients that dribble do not keep others out") {
  const EchoServer server;
  std::vector<std::unique_ptr<RawPeer>> dribblers;
  for (int i = 0; i < 100; ++i) {
    dribblers.push_back(std::make_unique<RawPeer>(connectToLoopback(server.port)));
    dribblers.back()->send("G");
  }
  CHECK(contains(server.ask(kGood), "GET /good"));
}

TEST_CASE("a client that leaves early does no harm") {
  EchoServer server({}, [](const Request& request) {
    return Response{200, std::string(request.path == "/large" ? 5'000'000 : 5, 'x'), "t", {}};
  });
  const auto request = GENERATE(as<std::string>{}, "", "GE", "GET / HTTP/1.1\r\nHost: h\r\n",
                                "PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nab",
                                "PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3",
                                "GET /large HTTP/1.1\r\nHost: h\r\n\r\n");
  const bool reset = GENERATE(false, true);
  {
    RawPeer peer(connectToLoopback(server.port));
    if (reset) peer.resetOnClose();
    peer.send(request);
  }
  {
    RawPeer peer(connectToLoopback(server.port));
    peer.send(request);
    peer.endSending();
    const auto answer = peer.readAll();
    CHECK((answer.empty() || contains(answer, "200 OK")));
  }
  CHECK(contains(server.ask(kGood), "200 OK"));
}

TEST_CASE("a range is not heeded, nor is an answer compressed") {
  const EchoServer server;
  const auto answer = server.ask(
      "GET /good HTTP/1.1\r\nHost: h\r\nRange: bytes=0-,0-,0-,0-\r\nAccept-Encoding: gzip\r\n\r\n");
  CHECK(contains(answer, "HTTP/1.1 200 OK"));
  CHECK(contains(answer, "\r\n\r\nGET /good [good;] {} "));
}

}  // namespace
}  // namespace owpool::http
