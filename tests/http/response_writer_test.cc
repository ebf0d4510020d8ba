#include "http/response_writer.h"

#include <catch2/catch.hpp>

namespace owpool::http {
namespace {

TEST_CASE("an answer is written with its length and type") {
  CHECK(responseText({404, "{}", "application/json", {{"X-A", "b"}}}, {true, false}) ==
        "HTTP/1.1 404 Not Found\r\nX-A: b\r\nContent-Type: application/json\r\n"
        "Content-Length: 2\r\nConnection: keep-alive\r\n\r\n{}");
  CHECK(responseText({299, "", "text/plain", {}}, {false, false}) ==
        "HTTP/1.1 299 \r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
}

TEST_CASE("the answer to a HEAD has the headers of a GET's") {
  CHECK(responseText({200, "12345", "text/plain", {}}, {true, true}) ==
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n"
        "Connection: keep-alive\r\n\r\n");
}

TEST_CASE("an answer that may have no body gets none") {
  CHECK(responseText({204, "body", "text/plain", {}}, {true, false}) ==
        "HTTP/1.1 204 No Content\r\nConnection: keep-alive\r\n\r\n");
}

TEST_CASE("no header breaks out of its line") {
  const Response response{200, "", "", {{"A", "b\r\nEvil: 1"}, {"C\r\nD", "e"}, {"F", "g\nh"}}};
  CHECK(responseText(response, {true, false}) ==
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n");
}

}  // namespace
}  // namespace owpool::http
