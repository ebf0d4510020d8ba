#include "http/response_head.h"

#include <string>

#include <catch2/catch.hpp>

namespace owpool::http {
namespace {

TEST_CASE("an answer's status, headers and framing are read") {
  const auto head = parseResponseHead("HTTP/1.1 200 OK\r\nContent-Length: 7\r\nA: b\r\n", false);
  REQUIRE(head.has_value());
  CHECK(head->status == 200);
  CHECK(head->headers == Headers{{"Content-Length", "7"}, {"A", "b"}});
  CHECK(head->framing.kind == BodyFraming::Kind::Length);
  CHECK(head->framing.length == 7);
}

TEST_CASE("a reason may be missing and an answer without a length ends with the connection") {
  for (const std::string line : {"HTTP/1.0 500\r\n", "HTTP/1.1 500 \r\n", "HTTP/1.1 500 a b\r\n"}) {
    const auto head = parseResponseHead(line, false);
    REQUIRE(head.has_value());
    CHECK(head->status == 500);
    CHECK(head->framing.kind == BodyFraming::Kind::UntilClose);
  }
}

TEST_CASE("some answers have no body whatever they say") {
  for (const std::string line : {"HTTP/1.1 204 x\r\n", "HTTP/1.1 304 x\r\n", "HTTP/1.1 100 x\r\n"})
    CHECK(parseResponseHead(line + "Content-Length: 5\r\n", false)->framing.kind ==
          BodyFraming::Kind::None);
  CHECK(parseResponseHead("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n", true)->framing.kind ==
        BodyFraming::Kind::None);
}

TEST_CASE("malformed answers are refused") {
  const auto text = GENERATE(
      as<std::string>{}, "", "\r\n", "garbage\r\n", "HTTP/2 200\r\n", "HTTP/1.1\r\n",
      "HTTP/1.1 20\r\n", "HTTP/1.1 2000\r\n", "HTTP/1.1 2x0 OK\r\n", "HTTP/1.1 -20 OK\r\n",
      "HTTP/1.1 099 OK\r\n", "HTTP/1.1  200 OK\r\n", "http/1.1 200 OK\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n", "HTTP/1.1 200 OK\r\nno colon\r\n");
  CAPTURE(text);
  CHECK_FALSE(parseResponseHead(text, false).has_value());
}

}  // namespace
}  // namespace owpool::http
