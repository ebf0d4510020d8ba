// The header lines of a message, requests and answers alike. Pure.
#ifndef OWPOOL_HTTP_HEADER_FIELDS_H_
#define OWPOOL_HTTP_HEADER_FIELDS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "http/server.h"

namespace owpool::http {

// Why a message is not accepted: the status that says so, and a text.
struct Refusal {
  int status = 400;
  std::string reason;
};

// How the end of a body is known.
struct BodyFraming {
  enum class Kind { None, Length, Chunked, UntilClose };
  Kind kind = Kind::None;
  std::int64_t length = 0;  // Only of Kind::Length.
};

bool isToken(std::string_view text);
bool equalsIgnoringCase(std::string_view a, std::string_view b);
// Without spaces and tabs at either end.
std::string_view trimmed(std::string_view text);

// "text" is what follows the first line, each line ended by CRLF. Strict: no folded
// lines, no space before the colon, no control characters. Names that cpp-httplib
// uses for its own statements about the peer (REMOTE_ADDR …) are dropped.
std::variant<Headers, Refusal> parseHeaderFields(std::string_view text, int count_max);

// The first of that name, whatever its case.
const std::string* findHeader(const Headers& headers, std::string_view name);

// True if the comma-separated list in one of the headers "name" has "token".
bool hasToken(const Headers& headers, std::string_view name, std::string_view token);

// What Content-Length and Transfer-Encoding say; nullopt if there is neither.
// Anything that two readers could understand differently is refused.
std::variant<std::optional<BodyFraming>, Refusal> bodyFraming(const Headers& headers);

}  // namespace owpool::http

#endif  // OWPOOL_HTTP_HEADER_FIELDS_H_
