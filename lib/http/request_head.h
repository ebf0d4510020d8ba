// A request up to its body, checked. Pure, so that it can be tested and fuzzed
// without a socket.
#ifndef OWPOOL_HTTP_REQUEST_HEAD_H_
#define OWPOOL_HTTP_REQUEST_HEAD_H_

#include <string>
#include <string_view>
#include <variant>

#include "http/header_fields.h"

namespace owpool::http {

struct RequestHead {
  std::string method;
  std::string target;  // Begins with '/', or is "*".
  bool http_1_0 = false;
  Headers headers;
  BodyFraming framing;            // Kind::None without Content-Length and chunked.
  bool keep_alive = true;         // The client does not mind a further request.
  bool expects_continue = false;  // It waits for "100 Continue" before it sends the body.
};

// "text" is the request line and the header lines, each ended by CRLF, without the
// empty line that ends them. A refusal's status is 400, 415 (a compressed body), 417, 431
// (more headers than "header_count_max") or 505.
std::variant<RequestHead, Refusal> parseRequestHead(std::string_view text, int header_count_max);

}  // namespace owpool::http

#endif  // OWPOOL_HTTP_REQUEST_HEAD_H_
