#include "owpool/activation.h"

#include <fmt/format.h>

#include <cstddef>

namespace owpool {
namespace {

constexpr std::size_t kDigits = 32;

int digitValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// The length of the well-formed UTF-8 sequence that "text" begins with, or 0
// (Unicode 15, table 3-7).
std::size_t utf8Length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto follows = [&](std::size_t i, unsigned low, unsigned high) {
    return i < text.size() && byte(i) >= low && byte(i) <= high;
  };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return follows(1, 0x80, 0xBF) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    const unsigned low = first == 0xE0 ? 0xA0 : 0x80;
    const unsigned high = first == 0xED ? 0x9F : 0xBF;
    return follows(1, low, high) && follows(2, 0x80, 0xBF) ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const unsigned low = first == 0xF0 ? 0x90 : 0x80;
    const unsigned high = first == 0xF4 ? 0x8F : 0xBF;
    return follows(1, low, high) && follows(2, 0x80, 0xBF) && follows(3, 0x80, 0xBF) ? 4 : 0;
  }
  return 0;
}

void appendEscaped(std::string& out, std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = utf8Length(text);
    const char c = text.front();
    if (length == 0) {
      out += "\xEF\xBF\xBD";  // U+FFFD, the replacement character.
    } else if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned char>(c));
    } else {
      out.append(text.substr(0, length));
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
}

}  // namespace

std::optional<ActivationId> ActivationId::parse(std::string_view text) {
  if (text.size() != kDigits) return std::nullopt;
  ActivationId id;
  for (std::size_t i = 0; i < kDigits; ++i) {
    const int value = digitValue(text[i]);
    if (value < 0) return std::nullopt;
    std::uint64_t& half = i < kDigits / 2 ? id.high : id.low;
    half = (half << 4) | static_cast<std::uint64_t>(value);
  }
  return id;
}

std::string ActivationId::toString() const { return fmt::format("{:016x}{:016x}", high, low); }

ActivationResponse errorResponse(ActivationStatus status, std::string_view message) {
  std::string result = R"({"error":")";
  appendEscaped(result, message);
  result += "\"}";
  return {status, std::move(result)};
}

ActivationResponse timeLimitResponse(ContainerCall call, Duration time_limit) {
  const auto limit_ms = std::chrono::duration_cast<std::chrono::milliseconds>(time_limit).count();
  return errorResponse(
      ActivationStatus::DeveloperError,
      fmt::format("The action exceeded its time limits of {} milliseconds{}.", limit_ms,
                  call == ContainerCall::Init ? " during initialization" : ""));
}

bool isTimeLimitResponse(const ActivationResponse& response, Duration time_limit) {
  return response == timeLimitResponse(ContainerCall::Init, time_limit) ||
         response == timeLimitResponse(ContainerCall::Run, time_limit);
}

}  // namespace owpool
