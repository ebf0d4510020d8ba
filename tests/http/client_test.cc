#include "http/client.h"

#include <chrono>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/http/server_fixture.h"

namespace owpool::http {
namespace {

using testing::contains;
using testing::EchoServer;
using testing::RawPeer;
using testing::RawServer;

using End = std::variant<ClientResponse, ClientFailure>;

ClientRequest request(Duration timeout = std::chrono::seconds(10)) {
  ClientRequest result;
  result.target = "/run";
  result.body = "{}";
  result.timeout = timeout;
  result.body_max = ByteSize::bytes(1000);
  return result;
}

// What the client makes of a server that answers with "text" and closes.
End answerOf(const std::string& text) {
  RawServer server([&](RawPeer& peer) {
    peer.readUntil("{}");
    peer.send(text);
  });
  return http::exchange(server.address(), request());
}

ClientFailure failureOf(const End& end) {
  REQUIRE(std::holds_alternative<ClientFailure>(end));
  return std::get<ClientFailure>(end);
}

ClientResponse responseOf(const End& end) {
  REQUIRE(std::holds_alternative<ClientResponse>(end));
  return std::get<ClientResponse>(end);
}

TEST_CASE("our client and our server understand each other") {
  const EchoServer server;
  ClientRequest asked = request();
  asked.method = GENERATE(as<std::string>{}, "GET", "POST", "PUT", "DELETE", "PATCH");
  asked.target = "/a%2Fb?x=%20";
  asked.body = GENERATE(as<std::string>{}, "", "{\"a\":1}");
  const auto response =
      responseOf(http::exchange("127.0.0.1:" + std::to_string(server.port), asked));
  CHECK(response.status == 200);
  CHECK(response.body == asked.method + " /a%2Fb [a/b;] {x= ;} " + asked.body);
  CHECK(response.body_length == std::ssize(response.body));
}

TEST_CASE("a request is sent complete, on a connection of its own") {
  std::string seen;
  {
    RawServer server([&](RawPeer& peer) {
      seen = peer.readUntil("{}");
      peer.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    });
    ClientRequest asked = request();
    asked.headers = {{"X-A", "b"}};
    CHECK(responseOf(http::exchange(server.address(), asked)).status == 200);
    CHECK(contains(seen, "Host: " + server.address() + "\r\n"));
  }
  CHECK(contains(seen, "POST /run HTTP/1.1\r\n"));
  CHECK(contains(seen, "Content-Length: 2\r\n"));
  CHECK(contains(seen, "Content-Type: application/json\r\n"));
  CHECK(contains(seen, "Connection: close\r\n"));
  CHECK(contains(seen, "X-A: b\r\n"));
}

TEST_CASE("a server may listen on a path") {
  std::string directory = "/tmp/owpool-http-test-XXXXXX";
  REQUIRE(::mkdtemp(directory.data()) != nullptr);
  const std::string path = directory + "/socket";
  {
    std::string seen;
    RawServer server(path, [&](RawPeer& peer) {
      seen = peer.readUntil("{}");
      peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    });
    CHECK(responseOf(http::exchange(server.address(), request())).body == "ok");
    CHECK(contains(seen, "Host: localhost\r\n"));
  }
  CHECK(failureOf(http::exchange("unix:" + path, request())) == ClientFailure::NotConnected);
  ::unlink(path.c_str());
  CHECK(failureOf(http::exchange("unix:" + path, request())) == ClientFailure::NotConnected);
  ::rmdir(directory.c_str());
}

TEST_CASE("answers are read however they are framed") {
  struct Row {
    std::string text;
    int status;
    std::string body;
  };
  const auto row = GENERATE(values<Row>({
      {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokMORE", 200, "ok"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 200, ""},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\no\r\n1\r\nk\r\n0\r\n\r\n", 200,
       "ok"},
      {"HTTP/1.1 200 OK\r\n\r\nuntil the end", 200, "until the end"},
      {"HTTP/1.0 200 OK\r\n\r\n", 200, ""},
      {"HTTP/1.1 204 No Content\r\n\r\nmore", 204, ""},
      {"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", 304, ""},
      {"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n", 302, ""},
      {"HTTP/1.1 401 Unauthorized\r\nContent-Length: 1\r\n\r\nx", 401, "x"},
      {"HTTP/1.1 503\r\nContent-Length: 1\r\n\r\nx", 503, "x"},
      {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nA: b\r\n\r\nHTTP/1.1 200 OK\r\n\r\nx",
       200, "x"},
      {"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nnot", 200, "not"},
  }));
  CAPTURE(row.text);
  const auto response = responseOf(answerOf(row.text));
  CHECK(response.status == row.status);
  CHECK(response.body == row.body);
  CHECK(response.body_length == std::ssize(row.body));
}

TEST_CASE("headers of an answer are given as they were sent") {
  const auto response = responseOf(
      answerOf("HTTP/1.1 200 OK\r\nX-A: %41%0d%0a\r\nx-a: 2\r\nContent-Length: 0\r\n\r\n"));
  CHECK(response.headers == Headers{{"X-A", "%41%0d%0a"}, {"x-a", "2"}, {"Content-Length", "0"}});
}

TEST_CASE("a broken answer is a lost connection, silence is no response") {
  struct Row {
    std::string text;
    ClientFailure failure;
  };
  const std::string ok = "HTTP/1.1 200 OK\r\n";
  const std::string chunked = ok + "Transfer-Encoding: chunked\r\n\r\n";
  const auto lost = ClientFailure::ConnectionLost;
  const auto row = GENERATE_COPY(values<Row>({
      {"", ClientFailure::NoResponse},
      {"H", lost},
      {"garbage\r\n\r\n", lost},
      {ok, lost},
      {ok + "Content-Length: 5\r\n\r\nab", lost},
      {ok + "Content-Length: -5\r\n\r\nab", lost},
      {ok + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab", lost},
      {chunked, lost},
      {chunked + "5\r\nab", lost},
      {chunked + "-2\r\nab\r\n0\r\n\r\n", lost},
      {chunked + "zz\r\nab\r\n0\r\n\r\n", lost},
      {chunked + "2\r\nabc\r\n0\r\n\r\n", lost},
      {chunked + "2\r\nab\r\n", lost},
      {chunked + "2\r\nab\r\n0\r\n", lost},
      {chunked + std::string(100000, '0'), lost},
      {ok + "A: " + std::string(100000, 'a') + "\r\n\r\n", lost},
      {"HTTP/1.1 101 Switching Protocols\r\n\r\n", lost},
      {"HTTP/1.1 200 OK\nContent-Length: 0\n\n", lost},
  }));
  CAPTURE(row.text.substr(0, 100));
  CHECK(failureOf(answerOf(row.text)) == row.failure);
}

TEST_CASE("interim answers do not go on forever") {
  std::string text;
  for (int i = 0; i < 100; ++i) text += "HTTP/1.1 100 Continue\r\n\r\n";
  CHECK(failureOf(answerOf(text)) == ClientFailure::ConnectionLost);
}

TEST_CASE("a reset before any answer is no response") {
  RawServer server([](RawPeer& peer) {
    peer.readUntil("{}");
    peer.resetOnClose();
  });
  CHECK(failureOf(http::exchange(server.address(), request())) == ClientFailure::NoResponse);
}

TEST_CASE("where nobody listens nothing is sent") {
  std::string address;
  {
    const RawServer server([](RawPeer&) {});
    address = server.address();
  }
  CHECK(failureOf(http::exchange(address, request())) == ClientFailure::NotConnected);
  for (const std::string broken : {"", "host", ":1", "127.0.0.1:", "127.0.0.1:x",
                                   "127.0.0.1:123456", "unix:", "[]:1"})
    CHECK(failureOf(http::exchange(broken, request())) == ClientFailure::NotConnected);
  CHECK(failureOf(http::exchange("unix:/" + std::string(200, 'x'), request())) ==
        ClientFailure::NotConnected);
}

TEST_CASE("a large answer is cut and counted") {
  const std::string body(3'000'000, 'x');
  const auto framed = GENERATE_COPY(
      as<std::string>{}, "Content-Length: 3000000\r\n\r\n" + body,
      "Transfer-Encoding: chunked\r\n\r\n2dc6c0\r\n" + body + "\r\n0\r\n\r\n", "\r\n" + body);
  const auto response = responseOf(answerOf("HTTP/1.1 200 OK\r\n" + framed));
  CHECK(response.body == std::string(1000, 'x'));
  CHECK(response.body_length == 3'000'000);
}

TEST_CASE("an answer to a request that was not read to its end is seen") {
  ClientRequest asked = request();
  asked.body = std::string(30'000'000, 'x');
  const bool closes = GENERATE(false, true);
  RawServer server([&](RawPeer& peer) {
    peer.readUntil("\r\n\r\n");
    peer.send("HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig");
    if (closes) peer.endSending();
    peer.readAll();
  });
  CHECK(responseOf(http::exchange(server.address(), asked)).body == "big");
}

TEST_CASE("time is up whatever the server does") {
  using Script = RawServer::Script;
  const auto forever = [](const std::string& start, const std::string& piece) -> Script {
    return [=](RawPeer& peer) {
      peer.readUntil("{}");
      peer.send(start);
      while (!piece.empty() && peer.send(piece)) {
        if (piece.size() < 100) std::this_thread::sleep_for(std::chrono::milliseconds(5));
      }
      peer.readAll();
    };
  };
  const std::string ok = "HTTP/1.1 200 OK\r\n";
  const auto script = GENERATE_COPY(
      forever("", ""), forever("H", ""), forever(ok + "A: ", "a"), forever(ok + "\r\n", "a"),
      forever(ok + "\r\n", std::string(10000, 'a')),
      forever(ok + "Content-Length: 999999999999\r\n\r\n", "a"),
      forever(ok + "Transfer-Encoding: chunked\r\n\r\n", "1\r\na\r\n"),
      forever(ok + "Content-Length: 2\r\n\r\na", ""));
  RawServer server(script);
  const auto begin = std::chrono::steady_clock::now();
  CHECK(failureOf(http::exchange(server.address(), request(std::chrono::milliseconds(200)))) ==
        ClientFailure::TimedOut);
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(5));
}

TEST_CASE("a server that reads nothing does not hold the client") {
  ClientRequest asked = request(std::chrono::milliseconds(200));
  asked.body = std::string(30'000'000, 'x');
  std::atomic<bool> done = false;
  RawServer server([&](RawPeer&) {
    while (!done) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  });
  CHECK(failureOf(http::exchange(server.address(), asked)) == ClientFailure::TimedOut);
  done = true;
}

TEST_CASE("a flood of headers is cut off") {
  RawServer server([](RawPeer& peer) {
    peer.send("HTTP/1.1 200 OK\r\n");
    while (peer.send("Header: value\r\n")) continue;
  });
  CHECK(failureOf(http::exchange(server.address(), request())) == ClientFailure::ConnectionLost);
}

TEST_CASE("an exchange can be aborted from another thread") {
  std::atomic<bool> abort = false;
  RawServer server([&](RawPeer& peer) {
    peer.readUntil("{}");
    abort = true;
    peer.readAll();
  });
  const auto begin = std::chrono::steady_clock::now();
  CHECK(failureOf(http::exchange(server.address(), request(), &abort)) ==
        ClientFailure::ConnectionLost);
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(5));
  CHECK(failureOf(http::exchange(server.address(), request(), &abort)) != ClientFailure::TimedOut);
}

TEST_CASE("the answer to a HEAD is not waited for") {
  RawServer server([](RawPeer& peer) {
    peer.readUntil("\r\n\r\n");
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
  });
  ClientRequest asked = request();
  asked.method = "HEAD";
  asked.body = "";
  CHECK(responseOf(http::exchange(server.address(), asked)).body_length == 0);
}

// A server that sends its answer in pieces, each when the client has had the one before.
struct Pieces {
  std::vector<std::string> seen;
  BodyStream stream;

  explicit Pieces(Duration idle_timeout = std::chrono::seconds(10), std::size_t count_max = 1000) {
    stream.on_piece = [this, count_max](std::string_view piece) {
      seen.emplace_back(piece);
      return seen.size() < count_max;
    };
    stream.idle_timeout = idle_timeout;
  }
};

const std::string kChunkedHead = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

TEST_CASE("a stream is handed on as it comes, however long it lasts") {
  Pieces pieces;
  std::atomic<std::size_t> count = 0;
  pieces.stream.on_piece = [&](std::string_view piece) {
    pieces.seen.emplace_back(piece);
    ++count;
    return true;
  };
  RawServer server([&](RawPeer& peer) {
    peer.readUntil("{}");
    peer.send(kChunkedHead);
    for (std::size_t i = 0; i < 5; ++i) {
      peer.send("1\r\na\r\n");
      while (count <= i) std::this_thread::sleep_for(std::chrono::milliseconds(1));
      std::this_thread::sleep_for(std::chrono::milliseconds(60));
    }
    peer.send("0\r\n\r\n");
  });
  const auto response = responseOf(http::exchangeStream(
      server.address(), request(std::chrono::milliseconds(200)), pieces.stream));
  CHECK(response.status == 200);
  CHECK(response.body.empty());
  CHECK(response.body_length == 5);
  CHECK(pieces.seen == std::vector<std::string>(5, "a"));
}

TEST_CASE("a stream tells that it is open before anything comes") {
  Pieces pieces(std::chrono::milliseconds(100));
  bool open = false;
  pieces.stream.on_open = [&] { open = pieces.seen.empty(); };
  RawServer server([&](RawPeer& peer) {
    peer.readUntil("{}");
    peer.send(kChunkedHead);
    peer.readAll();
  });
  CHECK(failureOf(http::exchangeStream(server.address(), request(), pieces.stream)) ==
        ClientFailure::TimedOut);
  CHECK(open);
}

TEST_CASE("a stream ends when its reader has had enough, is silent, is cut or is aborted") {
  const auto answer = [](const std::string& text) {
    return [=](RawPeer& peer) {
      peer.readUntil("{}");
      peer.send(kChunkedHead + text);
      if (text.find('a') != std::string::npos) peer.readAll();
    };
  };
  SECTION("enough") {
    RawServer server(answer("1\r\na\r\n1\r\na\r\n"));
    Pieces pieces(std::chrono::seconds(10), 1);
    CHECK(responseOf(http::exchangeStream(server.address(), request(), pieces.stream)).status ==
          200);
    CHECK(pieces.seen.size() == 1);
  }
  SECTION("silent") {
    RawServer server(answer("1\r\na\r\n"));
    Pieces pieces(std::chrono::milliseconds(100));
    CHECK(failureOf(http::exchangeStream(server.address(), request(), pieces.stream)) ==
          ClientFailure::TimedOut);
    CHECK(pieces.seen.size() == 1);
  }
  SECTION("cut") {
    RawServer server(answer("5\r\nxy"));
    Pieces pieces;
    CHECK(failureOf(http::exchangeStream(server.address(), request(), pieces.stream)) ==
          ClientFailure::ConnectionLost);
    CHECK(pieces.seen == std::vector<std::string>{"xy"});
  }
  SECTION("aborted") {
    std::atomic<bool> abort = false;
    RawServer server(answer("1\r\na\r\n"));
    Pieces pieces;
    pieces.stream.on_piece = [&](std::string_view) {
      abort = true;
      return true;
    };
    CHECK(failureOf(http::exchangeStream(server.address(), request(), pieces.stream, &abort)) ==
          ClientFailure::ConnectionLost);
  }
}

TEST_CASE("an answer that is no success is not streamed") {
  RawServer server([](RawPeer& peer) {
    peer.readUntil("{}");
    peer.send("HTTP/1.1 404 No\r\nContent-Length: 4\r\n\r\ngone");
  });
  Pieces pieces;
  const auto response =
      responseOf(http::exchangeStream(server.address(), request(), pieces.stream));
  CHECK(response.status == 404);
  CHECK(response.body == "gone");
  CHECK(pieces.seen.empty());
}

}  // namespace
}  // namespace owpool::http
