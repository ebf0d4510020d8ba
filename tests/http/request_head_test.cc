#include "http/request_head.h"

#include <string>

#include <catch2/catch.hpp>

namespace owpool::http {
namespace {

constexpr int kCountMax = 5;

RequestHead accepted(const std::string& text) {
  CAPTURE(text);
  auto head = parseRequestHead(text, kCountMax);
  REQUIRE(std::holds_alternative<RequestHead>(head));
  return std::get<RequestHead>(head);
}

TEST_CASE("a plain request is understood") {
  const auto head =
      accepted("PUT /a%20b?x=1 HTTP/1.1\r\nhost: h\r\nX-Thing:  two words \r\nX-Empty:\r\n");
  CHECK(head.method == "PUT");
  CHECK(head.target == "/a%20b?x=1");
  CHECK_FALSE(head.http_1_0);
  CHECK(head.headers == Headers{{"host", "h"}, {"X-Thing", "two words"}, {"X-Empty", ""}});
  CHECK(head.framing.kind == BodyFraming::Kind::None);
  CHECK(head.keep_alive);
  CHECK_FALSE(head.expects_continue);
}

TEST_CASE("the framing of the body is read from the headers") {
  const auto framing = [](const std::string& header) {
    return accepted("POST / HTTP/1.1\r\nHost: h\r\n" + header + "\r\n").framing;
  };
  CHECK(framing("Content-Length: 0").kind == BodyFraming::Kind::Length);
  CHECK(framing("Content-Length: 123").length == 123);
  CHECK(framing("content-length: 999999999999999999").length == 999999999999999999);
  CHECK(framing("Transfer-Encoding: Chunked").kind == BodyFraming::Kind::Chunked);
}

TEST_CASE("a connection is kept unless the client or HTTP/1.0 says otherwise") {
  const auto keep_alive = [](const std::string& version, const std::string& header) {
    return accepted("GET / " + version + "\r\nHost: h\r\n" + header).keep_alive;
  };
  CHECK(keep_alive("HTTP/1.1", ""));
  CHECK(keep_alive("HTTP/1.1", "Connection: upgrade\r\n"));
  CHECK_FALSE(keep_alive("HTTP/1.1", "Connection: Close\r\n"));
  CHECK_FALSE(keep_alive("HTTP/1.1", "Connection: foo, close ,bar\r\n"));
  CHECK_FALSE(keep_alive("HTTP/1.0", ""));
  CHECK(keep_alive("HTTP/1.0", "Connection: Keep-Alive\r\n"));
}

TEST_CASE("a client may ask to be told to go on") {
  CHECK(accepted("PUT / HTTP/1.1\r\nHost: h\r\nExpect: 100-Continue\r\n").expects_continue);
  CHECK_FALSE(accepted("PUT / HTTP/1.0\r\nExpect: 100-continue\r\n").expects_continue);
}

TEST_CASE("the forms of a target that are not a path are reduced to one") {
  CHECK(accepted("GET http://host:1/p?q HTTP/1.1\r\nHost: h\r\n").target == "/p?q");
  CHECK(accepted("GET http://host HTTP/1.1\r\nHost: h\r\n").target == "/");
  CHECK(accepted("OPTIONS * HTTP/1.1\r\nHost: h\r\n").target == "*");
}

TEST_CASE("a client cannot speak for the library about its address") {
  const auto head = accepted(
      "GET / HTTP/1.1\r\nHost: h\r\nREMOTE_ADDR: 1\r\nremote_port: 2\r\nLOCAL_ADDR: 3\r\n"
      "Local_Port: 4\r\n");
  CHECK(head.headers == Headers{{"Host", "h"}});
}

TEST_CASE("what two readers could understand differently is refused") {
  struct Row {
    std::string text;
    int status;
  };
  const std::string get = "GET / HTTP/1.1\r\nHost: h\r\n";
  const auto row = GENERATE_COPY(values<Row>({
      {"", 400},
      {"\r\n", 400},
      {"GET /\r\n", 400},
      {"GET  / HTTP/1.1\r\nHost: h\r\n", 400},
      {"GET / HTTP/1.1 \r\nHost: h\r\n", 400},
      {" GET / HTTP/1.1\r\nHost: h\r\n", 400},
      {"G\tET / HTTP/1.1\r\nHost: h\r\n", 400},
      {"G(T / HTTP/1.1\r\nHost: h\r\n", 400},
      {"GET x HTTP/1.1\r\nHost: h\r\n", 400},
      {"GET * HTTP/1.1\r\nHost: h\r\n", 400},
      {"GET /\x01 HTTP/1.1\r\nHost: h\r\n", 400},
      {"GET /\xC3\xA9 HTTP/1.1\r\nHost: h\r\n", 400},
      {"GET /#f HTTP/1.1\r\nHost: h\r\n", 400},
      {"CONNECT h:80 HTTP/1.1\r\nHost: h\r\n", 400},
      {"GET / http/1.1\r\nHost: h\r\n", 400},
      {"GET / HTTP/2.0\r\nHost: h\r\n", 505},
      {"GET / HTTP/1.11\r\nHost: h\r\n", 505},
      {"GET / HTTP/1.1\r\n", 400},
      {get + "Host: i\r\n", 400},
      {get + "no colon\r\n", 400},
      {get + ": nameless\r\n", 400},
      {get + "Spaced : v\r\n", 400},
      {get + " folded: v\r\n", 400},
      {get + "A: v\r\n folded\r\n", 400},
      {get + "A: " + std::string("\0", 1) + "\r\n", 400},
      {get + "A: a\rb\r\n", 400},
      {get + "A: a\nb\r\n", 400},
      {get + "A: \x7F\r\n", 400},
      {get + "\xC3\xA9: v\r\n", 400},
      {get + "A: unended", 400},
      {get + "Content-Length: 1\r\nContent-Length: 1\r\n", 400},
      {get + "Content-Length: 1, 1\r\n", 400},
      {get + "Content-Length: +1\r\n", 400},
      {get + "Content-Length: -1\r\n", 400},
      {get + "Content-Length: 0x1\r\n", 400},
      {get + "Content-Length: 1 2\r\n", 400},
      {get + "Content-Length:\r\n", 400},
      {get + "Content-Length: 9999999999999999999\r\n", 400},
      {get + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n", 400},
      {get + "Transfer-Encoding: gzip, chunked\r\n", 400},
      {get + "Transfer-Encoding: identity\r\n", 400},
      {get + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", 400},
      {get + "Transfer-Encoding: \x0b""chunked\r\n", 400},
      {"GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n", 400},
      {get + "Content-Encoding: gzip\r\n", 415},
      {get + "Expect: something\r\n", 417},
      {get + "A: 1\r\nB: 2\r\nC: 3\r\nD: 4\r\nE: 5\r\n", 431},
  }));
  CAPTURE(row.text);
  const auto head = parseRequestHead(row.text, kCountMax);
  REQUIRE(std::holds_alternative<Refusal>(head));
  CHECK(std::get<Refusal>(head).status == row.status);
  CHECK_FALSE(std::get<Refusal>(head).reason.empty());
}

TEST_CASE("as many headers as allowed are accepted") {
  CHECK(accepted("GET / HTTP/1.1\r\nHost: h\r\nA: 1\r\nB: 2\r\nC: 3\r\nD: 4\r\n").headers.size() ==
        5);
  CHECK(accepted("GET / HTTP/1.1\r\nHost: h\r\nContent-Encoding: identity\r\n").headers.size() ==
        2);
}

}  // namespace
}  // namespace owpool::http
