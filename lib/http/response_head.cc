#include "http/response_head.h"

#include <charconv>
#include <limits>
#include <utility>

namespace owpool::http {
namespace {

// "HTTP/1.1 200 OK"; the reason may be missing. nullopt if malformed.
std::optional<int> parseStatusLine(std::string_view line) {
  const std::string_view version = line.substr(0, 9);
  if (version != "HTTP/1.1 " && version != "HTTP/1.0 ") return std::nullopt;
  const std::string_view digits = line.substr(9, 3);
  if (digits.size() != 3 || digits.find_first_not_of("0123456789") != std::string_view::npos)
    return std::nullopt;
  if (line.size() > 12 && line[12] != ' ') return std::nullopt;
  int status = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), status);
  if (status < 100) return std::nullopt;
  return status;
}

}  // namespace

std::optional<ResponseHead> parseResponseHead(std::string_view text, bool to_head) {
  const auto line_end = text.find("\r\n");
  if (line_end == std::string_view::npos) return std::nullopt;
  const auto status = parseStatusLine(text.substr(0, line_end));
  if (!status.has_value()) return std::nullopt;
  // Their number is bounded by the length of the text.
  auto headers = parseHeaderFields(text.substr(line_end + 2), std::numeric_limits<int>::max());
  if (std::holds_alternative<Refusal>(headers)) return std::nullopt;
  ResponseHead head{*status, std::get<Headers>(std::move(headers)), {}};
  const auto framing = bodyFraming(head.headers);
  if (std::holds_alternative<Refusal>(framing)) return std::nullopt;
  const bool no_body = to_head || head.status < 200 || head.status == 204 || head.status == 304;
  if (!no_body) {
    head.framing = std::get<std::optional<BodyFraming>>(framing).value_or(
        BodyFraming{BodyFraming::Kind::UntilClose, 0});
  }
  return head;
}

}  // namespace owpool::http
