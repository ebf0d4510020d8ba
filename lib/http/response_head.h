// An answer up to its body, checked. Pure.
#ifndef OWPOOL_HTTP_RESPONSE_HEAD_H_
#define OWPOOL_HTTP_RESPONSE_HEAD_H_

#include <optional>
#include <string_view>

#include "http/header_fields.h"

namespace owpool::http {

struct ResponseHead {
  int status = 0;  // 100 to 999.
  Headers headers;
  BodyFraming framing;
};

// "text" is as for parseRequestHead(). "to_head": the request was a HEAD, whose
// answer has no body whatever its headers say. nullopt if it is malformed.
std::optional<ResponseHead> parseResponseHead(std::string_view text, bool to_head);

}  // namespace owpool::http

#endif  // OWPOOL_HTTP_RESPONSE_HEAD_H_
