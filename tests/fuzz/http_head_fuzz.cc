// The heads of requests and answers, and URLs: what is accepted means one thing only,
// so written down plainly it is accepted again as the same.
#include <algorithm>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "http/connector.h"
#include "http/request_head.h"
#include "http/response_head.h"
#include "http/url.h"
#include "tests/fuzz/fuzz_target.h"

namespace owpool::fuzz {
namespace {

using namespace owpool::http;

constexpr int kHeadersMax = 20;

void checkHeaders(const Headers& headers) {
  for (const auto& [name, value] : headers) {
    must(isToken(name), "a header's name is a token");
    must(trimmed(value) == value, "a header's value has no space around it");
    const bool has_break = value.find_first_of(std::string_view("\r\n\0", 3)) != value.npos;
    must(!has_break, "a header's value cannot leave its line");
  }
}

void checkFraming(const Headers& headers, const BodyFraming& framing) {
  must(framing.length >= 0, "no body has a negative length");
  must(framing.kind == BodyFraming::Kind::Length || framing.length == 0, "only some have a length");
  must(framing.kind != BodyFraming::Kind::Chunked || !findHeader(headers, "Content-Length"),
       "a body in chunks has no length");
}

std::string written(const Headers& headers) {
  std::string text;
  for (const auto& [name, value] : headers) text += fmt::format("{}: {}\r\n", name, value);
  return text;
}

void checkRequest(std::string_view text) {
  const auto parsed = parseRequestHead(text, kHeadersMax);
  if (const auto* refusal = std::get_if<Refusal>(&parsed)) {
    const auto statuses = {400, 415, 417, 431, 505};
    must(std::count(statuses.begin(), statuses.end(), refusal->status) == 1, "a status we know");
    must(!refusal->reason.empty(), "a refusal says why");
    return;
  }
  const auto& head = std::get<RequestHead>(parsed);
  must(isToken(head.method), "a method is a token");
  must(head.target == "*" || head.target.substr(0, 1) == "/", "a target is a path");
  must(std::all_of(head.target.begin(), head.target.end(),
                   [](char c) { return c > 0x20 && c < 0x7F; }),
       "a target is visible ASCII");
  must(head.headers.size() <= kHeadersMax, "there are not too many headers");
  checkHeaders(head.headers);
  checkFraming(head.headers, head.framing);
  const auto again = parseRequestHead(
      fmt::format("{} {} HTTP/1.{}\r\n{}", head.method, head.target, head.http_1_0 ? 0 : 1,
                  written(head.headers)),
      kHeadersMax);
  must(std::holds_alternative<RequestHead>(again), "what was accepted is accepted again");
  const auto& same = std::get<RequestHead>(again);
  must(same.target == head.target && same.headers == head.headers, "and is the same");
  must(same.framing.kind == head.framing.kind && same.framing.length == head.framing.length,
       "and its body ends at the same place");
}

void checkResponse(std::string_view text) {
  for (const bool to_head : {false, true}) {
    const auto head = parseResponseHead(text, to_head);
    if (!head) continue;
    must(head->status >= 100 && head->status <= 999, "a status has three digits");
    checkHeaders(head->headers);
    checkFraming(head->headers, head->framing);
    must(!to_head || head->framing.kind == BodyFraming::Kind::None, "no body follows a HEAD");
    const auto again = parseResponseHead(
        fmt::format("HTTP/1.1 {} x\r\n{}", head->status, written(head->headers)), to_head);
    must(again && again->headers == head->headers, "what was accepted is accepted again");
  }
}

std::string encoded(std::string_view text) {
  std::string out;
  for (const char c : text) out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  return out;
}

void checkUrl(std::string_view text) {
  const auto target = splitTarget(text);
  if (!target || text.find('\0') != text.npos) return;  // No request's target has NUL bytes.
  std::string url;
  for (const std::string& segment : target->segments) {
    must(segment.find('\0') == segment.npos, "no NUL byte comes of an escape");
    url += "/" + encoded(segment);
  }
  // An empty last segment is not one: "/a/" is "/a".
  if (!target->segments.empty() && target->segments.back().empty()) url += "/";
  char mark = '?';
  for (const auto& [name, value] : target->query) {
    must(!name.empty(), "no name of the query is empty");
    url += fmt::format("{}{}={}", mark, encoded(name), encoded(value));
    mark = '&';
  }
  const auto again = splitTarget(url.empty() || url[0] == '?' ? "/" + url : url);
  must(again.has_value(), "what was taken apart can be put together");
  must(again->segments == target->segments, "with the same segments");
  must(again->query == target->query, "and the same query");
}

void checkAddress(std::string_view text) {
  const auto address = parseAddress(text);
  if (!address) return;
  must(address->unix_path.empty() != address->host.empty(), "it is of one kind");
  must(address->unix_path.empty() == !address->port.empty(), "and has a port or none");
}

}  // namespace
}  // namespace owpool::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = owpool::fuzz::textOf(data, size);
  owpool::fuzz::checkRequest(text);
  owpool::fuzz::checkResponse(text);
  owpool::fuzz::checkUrl(text);
  owpool::fuzz::checkAddress(text);
  return 0;
}
