#include "owpoolctl/text.h"

#include <algorithm>
#include <array>

#include "fmt/format.h"

namespace owpool::ctl {
namespace {

// The bytes of the character at the head of "text"; 0 if it is none of UTF-8.
std::size_t lengthOfCharacter(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  const std::size_t length = first < 0x80 ? 1
                             : first >= 0xC2 && first < 0xE0 ? 2
                             : first >= 0xE0 && first < 0xF0 ? 3
                             : first >= 0xF0 && first < 0xF5 ? 4
                                                             : 0;
  if (length == 0 || length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  return length;
}

char32_t characterAt(std::string_view bytes) {
  constexpr std::array<unsigned char, 5> kFirstBits{0, 0x7F, 0x1F, 0x0F, 0x07};
  char32_t value = static_cast<unsigned char>(bytes[0]) & kFirstBits[bytes.size()];
  for (const char c : bytes.substr(1)) {
    value = (value << 6) | (static_cast<unsigned char>(c) & 0x3F);
  }
  return value;
}

// Controls (C0, DEL, C1), line and paragraph separators, marks of direction.
bool isUnfit(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x061C || (c >= 0x200E && c <= 0x200F) ||
         (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

// The bytes of the escape sequence at the head of "text", which is an ESC: a control
// sequence up to its final byte, a string up to its terminator, else two bytes.
std::size_t lengthOfEscape(std::string_view text) {
  if (text.size() < 2) return text.size();
  if (text[1] == '[') {
    const auto end = std::find_if(text.begin() + 2, text.end(),
                                  [](char c) { return c >= 0x40 && c <= 0x7E; });
    return std::min(text.size(), static_cast<std::size_t>(end - text.begin()) + 1);
  }
  if (std::string_view("]PX^_").find(text[1]) != std::string_view::npos) {
    for (std::size_t i = 2; i < text.size(); ++i) {
      if (text[i] == '\a') return i + 1;
      if (text[i] == '\x1B') return i + 1 < text.size() && text[i + 1] == '\\' ? i + 2 : i;
    }
    return text.size();
  }
  return text[1] >= 0x20 && text[1] < 0x7F ? 2 : 1;
}

}  // namespace

std::string cleaned(std::string_view text) {
  std::string clean;
  while (!text.empty()) {
    if (text[0] == '\x1B') {
      text.remove_prefix(lengthOfEscape(text));
      continue;
    }
    const std::size_t length = lengthOfCharacter(text);
    if (text[0] == '\t') {
      clean += ' ';
    } else if (length > 0 && !isUnfit(characterAt(text.substr(0, length)))) {
      clean += text.substr(0, length);
    }
    text.remove_prefix(std::max<std::size_t>(1, length));
  }
  return clean;
}

std::size_t widthOf(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

std::string fitted(std::string_view text, std::size_t width) {
  if (widthOf(text) <= width) return std::string(text);
  if (width == 0) return "";
  std::size_t end = 0;
  for (std::size_t i = 0; i + 1 < width; ++i) end += lengthOfCharacter(text.substr(end));
  return std::string(text.substr(0, end)) + "…";
}

std::string wrapped(std::string_view text, std::size_t width, std::string_view indent) {
  std::string all;
  std::size_t used = 0;
  while (!text.empty()) {
    const std::size_t space = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, space);
    if (used > 0 && used + 1 + widthOf(word) > width) {
      all += '\n';
      all += indent;
      used = widthOf(indent);
    } else if (used > 0) {
      all += ' ';
      ++used;
    }
    all += word;
    used += widthOf(word);
    text.remove_prefix(std::min(text.size(), space + 1));
  }
  return all;
}

std::string durationText(std::int64_t micros) {
  constexpr std::int64_t kMilli = 1000;
  constexpr std::int64_t kSecond = 1000 * kMilli;
  constexpr std::int64_t kMinute = 60 * kSecond;
  constexpr std::int64_t kHour = 60 * kMinute;
  constexpr std::int64_t kDay = 24 * kHour;
  micros = std::max<std::int64_t>(0, micros);
  if (micros < kMilli) return fmt::format("{} µs", micros);
  if (micros < 10 * kMilli) {
    return fmt::format("{:.1f} ms", static_cast<double>(micros / 100) / 10);
  }
  if (micros < kSecond) return fmt::format("{} ms", micros / kMilli);
  if (micros < kMinute) {
    return fmt::format("{:.1f} s", static_cast<double>(micros / (100 * kMilli)) / 10);
  }
  const auto pair = [&](std::int64_t large, std::string_view large_name, std::int64_t small,
                        std::string_view small_name) {
    const std::int64_t rest = micros % large / small;
    return rest == 0 ? fmt::format("{} {}", micros / large, large_name)
                     : fmt::format("{} {} {} {}", micros / large, large_name, rest, small_name);
  };
  if (micros < kHour) return pair(kMinute, "min", kSecond, "s");
  if (micros < kDay) return pair(kHour, "h", kMinute, "min");
  return pair(kDay, "d", kHour, "h");
}

std::string sizeText(std::int64_t bytes) { return fmt::format("{} MB", bytes / (1024 * 1024)); }

std::string countText(std::int64_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string tableText(const std::vector<std::string>& header,
                      const std::vector<std::vector<std::string>>& rows) {
  std::vector<bool> is_right;
  std::vector<std::string> titles;
  std::vector<std::size_t> widths;
  for (const std::string& title : header) {
    is_right.push_back(title.rfind('>', 0) == 0);
    titles.push_back(title.substr(is_right.back() ? 1 : 0));
    widths.push_back(widthOf(titles.back()));
  }
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], widthOf(row[i]));
  }
  const auto line = [&](const std::vector<std::string>& cells) {
    std::string text;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const std::string padding(widths[i] - widthOf(cells[i]), ' ');
      text += i == 0 ? "" : "  ";
      text += is_right[i] ? padding + cells[i] : cells[i] + padding;
    }
    text.erase(text.find_last_not_of(' ') + 1);
    return text + "\n";
  };
  std::string all = line(titles);
  for (const auto& row : rows) all += line(row);
  return all;
}

std::string Style::operator()(Tone tone, std::string_view text) const {
  if (!colour) return std::string(text);
  const auto code = [&] {
    switch (tone) {
      case Tone::Strong: return "1";
      case Tone::Faint: return "2";
      case Tone::Good: return "32";
      case Tone::Warning: return "33";
      case Tone::Bad: return "31";
    }
    return "0";
  };
  return fmt::format("\x1B[{}m{}\x1B[0m", code(), text);
}

}  // namespace owpool::ctl
