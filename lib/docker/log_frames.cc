#include "docker/log_frames.h"

#include <charconv>
#include <chrono>

namespace owpool::docker {
namespace {

constexpr std::size_t kHeaderSize = 8;

unsigned byteAt(std::string_view bytes, std::size_t at) {
  return static_cast<unsigned char>(bytes[at]);
}

// Takes exactly "count" digits off the front of "text".
std::optional<int> takeNumber(std::string_view& text, std::size_t count) {
  int value = 0;
  if (text.size() < count) return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + count, value);
  if (error != std::errc() || end != text.data() + count || value < 0) return std::nullopt;
  text.remove_prefix(count);
  return value;
}

bool take(std::string_view& text, std::string_view expected) {
  if (text.substr(0, expected.size()) != expected) return false;
  text.remove_prefix(expected.size());
  return true;
}

// ".678901234", of one digit or more; what is beyond nanoseconds is dropped.
std::optional<std::int64_t> takeFraction(std::string_view& text) {
  if (!take(text, ".")) return 0;
  std::int64_t nanos = 0;
  std::int64_t weight = 100'000'000;
  std::size_t digits = 0;
  while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') {
    nanos += (text[digits] - '0') * weight;
    weight /= 10;
    ++digits;
  }
  if (digits == 0) return std::nullopt;
  text.remove_prefix(digits);
  return nanos;
}

// "Z" or "+01:00", as seconds east.
std::optional<std::int64_t> takeZone(std::string_view& text) {
  if (take(text, "Z")) return 0;
  const bool west = take(text, "-");
  if (!west && !take(text, "+")) return std::nullopt;
  const auto hours = takeNumber(text, 2);
  if (!hours || !take(text, ":")) return std::nullopt;
  const auto minutes = takeNumber(text, 2);
  if (!minutes) return std::nullopt;
  const std::int64_t seconds = (*hours * 60 + *minutes) * 60;
  return west ? -seconds : seconds;
}

}  // namespace

std::vector<LogFrame> LogFrames::feed(std::string_view bytes) {
  std::vector<LogFrame> frames;
  if (malformed_) return frames;
  pending_.append(bytes);
  std::string_view rest = pending_;
  while (rest.size() >= kHeaderSize) {
    const unsigned stream = byteAt(rest, 0);
    const std::size_t size = (std::size_t{byteAt(rest, 4)} << 24) | (byteAt(rest, 5) << 16) |
                             (byteAt(rest, 6) << 8) | byteAt(rest, 7);
    const bool zeros = byteAt(rest, 1) == 0 && byteAt(rest, 2) == 0 && byteAt(rest, 3) == 0;
    if (stream > 2 || !zeros || size > kFrameMax) {
      malformed_ = true;
      pending_.clear();
      return frames;
    }
    if (rest.size() < kHeaderSize + size) break;
    frames.push_back(LogFrame{stream == 2 ? LogStream::Stderr : LogStream::Stdout,
                              std::string(rest.substr(kHeaderSize, size))});
    rest.remove_prefix(kHeaderSize + size);
  }
  pending_.erase(0, pending_.size() - rest.size());
  return frames;
}

std::optional<StampedText> splitTimestamp(std::string_view payload) {
  std::string_view text = payload;
  const auto year = takeNumber(text, 4);
  if (!year || !take(text, "-")) return std::nullopt;
  const auto month = takeNumber(text, 2);
  if (!month || !take(text, "-")) return std::nullopt;
  const auto day = takeNumber(text, 2);
  if (!day || !take(text, "T")) return std::nullopt;
  const auto hour = takeNumber(text, 2);
  if (!hour || !take(text, ":")) return std::nullopt;
  const auto minute = takeNumber(text, 2);
  if (!minute || !take(text, ":")) return std::nullopt;
  const auto second = takeNumber(text, 2);
  if (!second) return std::nullopt;
  const auto nanos = takeFraction(text);
  if (!nanos) return std::nullopt;
  const auto zone = takeZone(text);
  if (!zone || !take(text, " ")) return std::nullopt;
  using namespace std::chrono;
  const year_month_day date{std::chrono::year(*year), std::chrono::month(unsigned(*month)),
                            std::chrono::day(unsigned(*day))};
  // What nanoseconds in 64 bits can say.
  if (!date.ok() || *year < 1970 || *year > 2200) return std::nullopt;
  const std::int64_t days = sys_days(date).time_since_epoch().count();
  const std::int64_t seconds =
      ((days * 24 + *hour) * 60 + *minute) * 60 + *second - *zone;
  return StampedText{seconds * 1'000'000'000 + *nanos, text};
}

}  // namespace owpool::docker
