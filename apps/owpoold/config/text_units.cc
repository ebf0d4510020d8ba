#include "owpoold/config/text_units.h"

#include <charconv>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/status/status.h"
#include "fmt/format.h"

namespace owpool::daemon {
namespace {

struct NumberAndUnit {
  std::int64_t number = 0;
  std::string unit;  // Lower case.
};

std::optional<NumberAndUnit> split(std::string_view text) {
  NumberAndUnit parts;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, parts.number);
  if (error != std::errc() || parts.number < 0) return std::nullopt;
  std::string_view unit(rest, static_cast<std::size_t>(end - rest));
  if (!unit.empty() && unit.front() == ' ') unit.remove_prefix(1);
  parts.unit = absl::AsciiStrToLower(std::string(unit));
  return parts;
}

// nullopt if the product does not fit.
std::optional<std::int64_t> times(std::int64_t number, std::int64_t factor) {
  if (number > std::numeric_limits<std::int64_t>::max() / factor) return std::nullopt;
  return number * factor;
}

std::int64_t bytesInUnit(const std::string& unit) {
  if (unit == "b") return 1;
  if (unit == "k" || unit == "kb") return 1024;
  if (unit == "m" || unit == "mb") return 1024 * 1024;
  if (unit == "g" || unit == "gb") return 1024 * 1024 * 1024;
  return 0;
}

std::int64_t nanosInUnit(const std::string& unit) {
  if (unit == "ms") return 1'000'000;
  if (unit == "s") return 1'000'000'000;
  if (unit == "m") return 60'000'000'000;
  if (unit == "h") return 3'600'000'000'000;
  return 0;
}

}  // namespace

absl::StatusOr<ByteSize> parseByteSize(std::string_view text) {
  if (const auto parts = split(text)) {
    const std::int64_t factor = bytesInUnit(parts->unit);
    if (factor > 0) {
      if (const auto bytes = times(parts->number, factor)) return ByteSize::bytes(*bytes);
    }
  }
  return absl::InvalidArgumentError(
      fmt::format("a size is a whole number and a unit (b, k, m or g), like 256m, not '{}'", text));
}

absl::StatusOr<Duration> parseDuration(std::string_view text) {
  if (const auto parts = split(text)) {
    const std::int64_t factor = nanosInUnit(parts->unit);
    if (factor > 0) {
      if (const auto nanos = times(parts->number, factor)) return Duration(*nanos);
    }
  }
  return absl::InvalidArgumentError(
      fmt::format("a duration is a whole number and a unit (ms, s, m or h), like 10s, not '{}'",
                  text));
}

}  // namespace owpool::daemon
