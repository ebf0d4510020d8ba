#include "http/url.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace owpool::http {
namespace {

// What stands before the first "separator" in "rest", which is then behind it.
std::string_view takePart(std::string_view& rest, char separator) {
  const auto end = std::min(rest.find(separator), rest.size());
  const std::string_view part = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return part;
}

}  // namespace

std::optional<std::string> percentDecoded(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus_is_space) {
      out += ' ';
    } else if (text[i] != '%') {
      out += text[i];
    } else {
      const std::string_view digits = text.substr(i + 1, 2);
      unsigned value = 0;
      const auto [end, error] =
          std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
      if (digits.size() != 2 || error != std::errc() || end != digits.data() + 2 || value == 0)
        return std::nullopt;
      out += static_cast<char>(value);
      i += 2;
    }
  }
  return out;
}

std::optional<Target> splitTarget(std::string_view target) {
  Target result;
  const std::string_view path = takePart(target, '?');
  result.path = path;
  std::string_view rest = path.substr(std::min<std::size_t>(1, path.size()));
  while (!rest.empty()) {
    auto segment = percentDecoded(takePart(rest, '/'), false);
    if (!segment.has_value()) return std::nullopt;
    result.segments.push_back(*std::move(segment));
  }
  while (!target.empty()) {
    std::string_view value = takePart(target, '&');
    auto name = percentDecoded(takePart(value, '='), true);
    auto decoded = percentDecoded(value, true);
    if (!name.has_value() || !decoded.has_value()) return std::nullopt;
    if (name->empty()) continue;
    result.query[*name] = *decoded;
    result.query_fields.emplace_back(*std::move(name), *std::move(decoded));
  }
  return result;
}

}  // namespace owpool::http
