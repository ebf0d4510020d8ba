// A server on loopback that says what it was asked.
#ifndef OWPOOL_TESTS_HTTP_SERVER_FIXTURE_H_
#define OWPOOL_TESTS_HTTP_SERVER_FIXTURE_H_

#include <atomic>
#include <stdexcept>
#include <string>
#include <utility>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "http/server.h"
#include "tests/http/raw_peer.h"

namespace owpool::http::testing {

inline std::string describe(const Request& request) {
  std::string text = request.method + " " + request.path + " [";
  for (const auto& segment : request.segments) text += segment + ";";
  text += "] {";
  for (const auto& [key, value] : request.query) text += key + "=" + value + ";";
  return text + "} " + request.body;
}

class EchoServer {
 public:
  explicit EchoServer(ServerLimits limits = {}, Server::Handler handler = nullptr)
      : server_(
            limits,
            [this, handler](const Request& request) {
              ++handled;
              if (handler) return handler(request);
              return Response{200, describe(request), "text/plain", {}};
            },
            [](int status, std::string_view reason) {
              return Response{status, fmt::format("refused: {}", reason), "text/plain", {}};
            },
            [](const Request& request) {
              return request.header("X-Small").has_value() ? ByteSize::bytes(10)
                                                           : ByteSize::mebibytes(64);
            }) {
    const auto started = server_.start("127.0.0.1", 0);
    REQUIRE(started.ok());
    port = *started;
  }

  // What the server answers to "request" on a connection of its own.
  std::string ask(std::string_view request) const {
    RawPeer peer(connectToLoopback(port));
    peer.send(request);
    return peer.readAnswer();
  }

  Server& server() { return server_; }

  int port = 0;
  std::atomic<int> handled = 0;

 private:
  Server server_;
};

inline bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace owpool::http::testing

#endif  // OWPOOL_TESTS_HTTP_SERVER_FIXTURE_H_
