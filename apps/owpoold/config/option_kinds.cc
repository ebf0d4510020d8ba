#include "owpoold/config/option_kinds.h"

#include <charconv>
#include <chrono>
#include <cstddef>
#include <system_error>

#include "absl/status/statusor.h"
#include "owpoold/config/text_units.h"

namespace owpool::daemon {
namespace {

// Beyond these, sums of sizes and of times could overflow.
constexpr ByteSize kSizeMax = ByteSize::mebibytes(std::int64_t{1} << 30);  // A pebibyte.
constexpr Duration kDurationMax = std::chrono::hours(24 * 36500);

constexpr std::string_view kNone = "none";

absl::Status setListen(Options& options, const std::string& value) {
  const auto rule = [&] {
    return absl::InvalidArgumentError(fmt::format(
        "must be ADDRESS:PORT with a port from 0 to 65535, like 127.0.0.1:3233, not '{}'", value));
  };
  const std::size_t colon = value.rfind(':');
  if (colon == std::string::npos || colon == 0) return rule();
  std::string address = value.substr(0, colon);
  if (address.front() == '[' && address.back() == ']') {
    address = address.substr(1, address.size() - 2);
  } else if (address.find(':') != std::string::npos) {
    return rule();  // An IPv6 address stands in brackets.
  }
  int port = -1;
  const char* end = value.data() + value.size();
  const auto [rest, error] = std::from_chars(value.data() + colon + 1, end, port);
  if (address.empty() || error != std::errc() || rest != end || port < 0 || port > 65535) {
    return rule();
  }
  options.listen_address = address;
  options.listen_port = port;
  return absl::OkStatus();
}

std::string getListen(const Options& options) {
  const std::string& address = options.listen_address;
  const std::string host = address.find(':') == address.npos ? address : "[" + address + "]";
  return fmt::format("{}:{}", host, options.listen_port);
}

absl::StatusOr<int> parseCount(const std::string& text, int min, int max) {
  int count = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, count);
  if (error != std::errc() || rest != end || count < min || count > max) {
    return absl::InvalidArgumentError(
        fmt::format("must be a whole number from {} to {}, not '{}'", min, max, text));
  }
  return count;
}

absl::StatusOr<ByteSize> parseSizeInRange(const std::string& text) {
  auto size = parseByteSize(text);
  if (!size.ok()) return size;
  if (*size <= ByteSize()) return absl::InvalidArgumentError("must be more than 0");
  if (*size > kSizeMax) {
    return absl::InvalidArgumentError(fmt::format("must be at most {}", sizeText(kSizeMax)));
  }
  return size;
}

absl::StatusOr<Duration> parseDurationInRange(const std::string& text, Duration min) {
  auto duration = parseDuration(text);
  if (!duration.ok()) return duration;
  if (*duration < min) return absl::InvalidArgumentError("must be more than 0");
  if (*duration > kDurationMax) {
    return absl::InvalidArgumentError(
        fmt::format("must be at most {}", durationText(kDurationMax)));
  }
  return duration;
}

// A row whose field takes what "parse" makes of the text.
template <typename T, typename Parse, typename Write>
Option valueOption(std::string name, std::string placeholder, std::string help, T Options::*field,
                   Parse parse, Write write) {
  Option option;
  option.name = std::move(name);
  option.placeholder = std::move(placeholder);
  option.help = std::move(help);
  option.set = [field, parse](Options& options, const std::string& text) -> absl::Status {
    auto value = parse(text);
    if (!value.ok()) return value.status();
    options.*field = *std::move(value);
    return absl::OkStatus();
  };
  option.get = [field, write](const Options& options) { return write(options.*field); };
  return option;
}

// The same of a field that may also be "none".
template <typename T, typename Parse, typename Write>
Option valueOption(std::string name, std::string placeholder, std::string help,
                   std::optional<T> Options::*field, Parse parse, Write write) {
  return valueOption<std::optional<T>>(
      std::move(name), placeholder + "|none", std::move(help), field,
      [parse](const std::string& text) -> absl::StatusOr<std::optional<T>> {
        if (text == kNone) return std::optional<T>();
        const auto value = parse(text);
        if (value.ok()) return std::optional<T>(*value);
        return absl::InvalidArgumentError(
            fmt::format("{}; or none", std::string(value.status().message())));
      },
      [write](const std::optional<T>& value) {
        return value ? write(*value) : std::string(kNone);
      });
}

template <typename Field>
Option countRow(std::string name, std::string help, Field field, int min, int max) {
  Option option = valueOption(
      std::move(name), "COUNT", std::move(help), field,
      [=](const std::string& text) { return parseCount(text, min, max); },
      [](int count) { return std::to_string(count); });
  option.is_count = true;
  return option;
}

template <typename Field>
Option durationRow(std::string name, std::string help, Field field, Duration min) {
  return valueOption(
      std::move(name), "DURATION", std::move(help), field,
      [=](const std::string& text) { return parseDurationInRange(text, min); }, durationText);
}

}  // namespace

Option listenOption(std::string name, std::string help) {
  Option option;
  option.name = std::move(name);
  option.placeholder = "ADDRESS:PORT";
  option.help = std::move(help);
  option.set = setListen;
  option.get = getListen;
  return option;
}

Option textOption(std::string name, std::string placeholder, std::string help,
                  std::string Options::*field) {
  return valueOption(
      std::move(name), std::move(placeholder), std::move(help), field,
      [](const std::string& text) -> absl::StatusOr<std::string> {
        if (text.empty()) return absl::InvalidArgumentError("must not be empty");
        return text;
      },
      [](const std::string& text) { return text; });
}

Option countOption(std::string name, std::string help, int Options::*field, int min, int max) {
  return countRow(std::move(name), std::move(help), field, min, max);
}

Option countOption(std::string name, std::string help, std::optional<int> Options::*field, int min,
                   int max) {
  return countRow(std::move(name), std::move(help), field, min, max);
}

Option sizeOption(std::string name, std::string help, ByteSize Options::*field) {
  return valueOption(std::move(name), "SIZE", std::move(help), field, parseSizeInRange, sizeText);
}

Option durationOption(std::string name, std::string help, Duration Options::*field,
                      Duration min) {
  return durationRow(std::move(name), std::move(help), field, min);
}

Option durationOption(std::string name, std::string help,
                      std::optional<Duration> Options::*field, Duration min) {
  return durationRow(std::move(name), std::move(help), field, min);
}

std::string joinChoices(const std::vector<std::string>& words) {
  std::string joined;
  for (const std::string& word : words) joined += (joined.empty() ? "" : "|") + word;
  return joined;
}

}  // namespace owpool::daemon
