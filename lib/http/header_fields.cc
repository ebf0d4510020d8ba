#include "http/header_fields.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <utility>

namespace owpool::http {
namespace {

constexpr std::array<std::string_view, 4> kNamesOfHttplib = {"REMOTE_ADDR", "REMOTE_PORT",
                                                             "LOCAL_ADDR", "LOCAL_PORT"};

char lowered(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool isTokenCharacter(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool isValue(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte == '\t' || (byte >= 0x20 && byte != 0x7F);
  });
}

}  // namespace

bool isToken(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), isTokenCharacter);
}

bool equalsIgnoringCase(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lowered(x) == lowered(y); });
}

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

std::variant<Headers, Refusal> parseHeaderFields(std::string_view text, int count_max) {
  Headers headers;
  int count = 0;
  while (!text.empty()) {
    const auto end = text.find("\r\n");
    if (end == std::string_view::npos) return Refusal{400, "a header line without an end"};
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 2);
    if (++count > count_max) return Refusal{431, "too many headers"};
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) return Refusal{400, "a header line without a colon"};
    const std::string_view name = line.substr(0, colon);
    const std::string_view value = trimmed(line.substr(colon + 1));
    if (!isToken(name)) return Refusal{400, "a malformed header name"};
    if (!isValue(value)) return Refusal{400, "a control character in a header"};
    const bool dropped =
        std::any_of(kNamesOfHttplib.begin(), kNamesOfHttplib.end(),
                    [&](std::string_view reserved) { return equalsIgnoringCase(name, reserved); });
    if (!dropped) headers.emplace_back(name, value);
  }
  return headers;
}

const std::string* findHeader(const Headers& headers, std::string_view name) {
  for (const auto& [key, value] : headers) {
    if (equalsIgnoringCase(key, name)) return &value;
  }
  return nullptr;
}

bool hasToken(const Headers& headers, std::string_view name, std::string_view token) {
  for (const auto& [key, value] : headers) {
    if (!equalsIgnoringCase(key, name)) continue;
    std::string_view rest = value;
    while (!rest.empty()) {
      const auto comma = std::min(rest.find(','), rest.size());
      if (equalsIgnoringCase(trimmed(rest.substr(0, comma)), token)) return true;
      rest.remove_prefix(std::min(comma + 1, rest.size()));
    }
  }
  return false;
}

std::variant<std::optional<BodyFraming>, Refusal> bodyFraming(const Headers& headers) {
  const std::string* length = nullptr;
  const std::string* encoding = nullptr;
  for (const auto& [name, value] : headers) {
    if (equalsIgnoringCase(name, "Content-Length")) {
      if (length != nullptr) return Refusal{400, "more than one Content-Length"};
      length = &value;
    } else if (equalsIgnoringCase(name, "Transfer-Encoding")) {
      if (encoding != nullptr) return Refusal{400, "more than one Transfer-Encoding"};
      encoding = &value;
    }
  }
  if (length != nullptr && encoding != nullptr)
    return Refusal{400, "both Content-Length and Transfer-Encoding"};
  if (encoding != nullptr) {
    if (!equalsIgnoringCase(*encoding, "chunked"))
      return Refusal{400, "a Transfer-Encoding other than chunked"};
    return BodyFraming{BodyFraming::Kind::Chunked, 0};
  }
  if (length == nullptr) return std::nullopt;
  // Digits alone: from_chars would take a sign. 18 of them fit 64 bits.
  const bool digits = !length->empty() && length->size() <= 18 &&
                      length->find_first_not_of("0123456789") == std::string::npos;
  if (!digits) return Refusal{400, "a malformed Content-Length"};
  BodyFraming framing{BodyFraming::Kind::Length, 0};
  std::from_chars(length->data(), length->data() + length->size(), framing.length);
  return framing;
}

}  // namespace owpool::http
