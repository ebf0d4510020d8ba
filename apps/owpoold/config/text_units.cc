#include "owpoold/config/text_units.h"

#include <charconv>
#include <cstdint>
#include <iterator>
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

struct Unit {
  std::string_view name;
  std::int64_t factor;
};

// The smallest first.
constexpr Unit kSizeUnits[] = {
    {"b", 1}, {"k", 1024}, {"m", 1024 * 1024}, {"g", 1024 * 1024 * 1024}};
constexpr Unit kDurationUnits[] = {{"ms", 1'000'000},
                                   {"s", 1'000'000'000},
                                   {"m", 60'000'000'000},
                                   {"h", 3'600'000'000'000},
                                   {"d", 86'400'000'000'000}};

// 0 if there is no such unit.
template <typename Units>
std::int64_t factorOf(const Units& units, std::string_view name) {
  for (const Unit& unit : units) {
    if (unit.name == name) return unit.factor;
  }
  return 0;
}

template <typename Units>
std::string inLargestUnit(const Units& units, std::int64_t value) {
  const Unit* best = std::begin(units);
  for (const Unit& unit : units) {
    if (value != 0 && value % unit.factor == 0) best = &unit;
  }
  return fmt::format("{}{}", value / best->factor, best->name);
}

}  // namespace

absl::StatusOr<ByteSize> parseByteSize(std::string_view text) {
  if (auto parts = split(text)) {
    std::string& unit = parts->unit;
    if (unit.size() == 2 && unit != "bb" && unit[1] == 'b') unit.pop_back();
    if (const std::int64_t factor = factorOf(kSizeUnits, unit); factor > 0) {
      if (const auto bytes = times(parts->number, factor)) return ByteSize::bytes(*bytes);
      return absl::InvalidArgumentError(
          fmt::format("'{}' is too large: a size is less than 8589934592g", text));
    }
  }
  return absl::InvalidArgumentError(
      fmt::format("a size is a whole number and a unit (b, k, m or g), like 256m, not '{}'", text));
}

absl::StatusOr<Duration> parseDuration(std::string_view text) {
  if (const auto parts = split(text)) {
    if (const std::int64_t factor = factorOf(kDurationUnits, parts->unit); factor > 0) {
      if (const auto nanos = times(parts->number, factor)) return Duration(*nanos);
      return absl::InvalidArgumentError(
          fmt::format("'{}' is too large: a duration is less than 106752d", text));
    }
  }
  return absl::InvalidArgumentError(fmt::format(
      "a duration is a whole number and a unit (ms, s, m, h or d), like 10s, not '{}'", text));
}

std::string sizeText(ByteSize size) { return inLargestUnit(kSizeUnits, size.count()); }

std::string durationText(Duration duration) {
  return inLargestUnit(kDurationUnits, duration.count());
}

}  // namespace owpool::daemon
