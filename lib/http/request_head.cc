#include "http/request_head.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace owpool::http {
namespace {

bool isVisible(char c) { return c > 0x20 && c < 0x7F; }

// "GET /path HTTP/1.1": exactly two spaces.
std::optional<Refusal> parseRequestLine(std::string_view line, RequestHead& head) {
  const auto first = line.find(' ');
  const auto second = line.find(' ', first == std::string_view::npos ? first : first + 1);
  if (second == std::string_view::npos || line.find(' ', second + 1) != std::string_view::npos)
    return Refusal{400, "a malformed request line"};
  const std::string_view method = line.substr(0, first);
  std::string_view target = line.substr(first + 1, second - first - 1);
  const std::string_view version = line.substr(second + 1);

  if (!isToken(method)) return Refusal{400, "a malformed method"};
  if (version == "HTTP/1.0") {
    head.http_1_0 = true;
  } else if (version != "HTTP/1.1") {
    return version.substr(0, 5) == "HTTP/" ? Refusal{505, "neither HTTP/1.0 nor HTTP/1.1"}
                                           : Refusal{400, "a malformed request line"};
  }
  if (!std::all_of(target.begin(), target.end(), isVisible) ||
      target.find('#') != std::string_view::npos)
    return Refusal{400, "a malformed request target"};
  // The form that clients send to a proxy, and that every server has to understand.
  if (target.substr(0, 7) == "http://") {
    const auto path = target.find_first_of("/?", 7);
    target = path == std::string_view::npos ? "/" : target.substr(path);
  }
  if (target.empty() || (target[0] != '/' && !(target == "*" && method == "OPTIONS")))
    return Refusal{400, "a malformed request target"};
  head.method = method;
  head.target = target;
  return std::nullopt;
}

std::optional<Refusal> interpretHeaders(RequestHead& head) {
  const Headers& headers = head.headers;
  const auto hosts = std::count_if(headers.begin(), headers.end(), [](const auto& header) {
    return equalsIgnoringCase(header.first, "Host");
  });
  if (hosts > 1) return Refusal{400, "more than one Host"};
  if (hosts == 0 && !head.http_1_0) return Refusal{400, "no Host"};

  auto framing = bodyFraming(headers);
  if (const auto* refusal = std::get_if<Refusal>(&framing)) return *refusal;
  head.framing = std::get<std::optional<BodyFraming>>(framing).value_or(BodyFraming{});
  if (head.http_1_0 && head.framing.kind == BodyFraming::Kind::Chunked)
    return Refusal{400, "Transfer-Encoding in HTTP/1.0"};

  for (const auto& [name, value] : headers) {
    if (equalsIgnoringCase(name, "Content-Encoding") && !equalsIgnoringCase(value, "identity"))
      return Refusal{415, "a compressed body"};
    if (equalsIgnoringCase(name, "Expect")) {
      if (!equalsIgnoringCase(value, "100-continue")) return Refusal{417, "an unknown expectation"};
      head.expects_continue = !head.http_1_0;
    }
  }
  head.keep_alive = !hasToken(headers, "Connection", "close") &&
                    (!head.http_1_0 || hasToken(headers, "Connection", "keep-alive"));
  return std::nullopt;
}

}  // namespace

std::variant<RequestHead, Refusal> parseRequestHead(std::string_view text, int header_count_max) {
  const auto line_end = text.find("\r\n");
  if (line_end == std::string_view::npos) return Refusal{400, "a malformed request line"};
  RequestHead head;
  if (const auto refusal = parseRequestLine(text.substr(0, line_end), head)) return *refusal;
  auto headers = parseHeaderFields(text.substr(line_end + 2), header_count_max);
  if (const auto* refusal = std::get_if<Refusal>(&headers)) return *refusal;
  head.headers = std::get<Headers>(std::move(headers));
  if (const auto refusal = interpretHeaders(head)) return *refusal;
  return head;
}

}  // namespace owpool::http
