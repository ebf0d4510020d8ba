// Text for people and terminals. Pure.
#ifndef OWPOOLCTL_TEXT_H_
#define OWPOOLCTL_TEXT_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace owpool::ctl {

// What comes from actions and their names, made fit for a terminal: escape sequences,
// control characters, what changes the direction of writing, and what is not UTF-8 are
// left out; a tab becomes a space.
std::string cleaned(std::string_view text);

// In characters, not bytes. REQUIRES: "text" was cleaned.
std::size_t widthOf(std::string_view text);
// Cut to "width", with "…" at its end if something is missing.
std::string fitted(std::string_view text, std::size_t width);
// Broken between words into lines of at most "width"; each after the first is indented.
std::string wrapped(std::string_view text, std::size_t width, std::string_view indent);

// "850 µs", "12 ms", "1.4 s", "3 min 20 s", "2 h 5 min", "3 d 4 h".
std::string durationText(std::int64_t micros);
// "256 MB".
std::string sizeText(std::int64_t bytes);
// "1 container", "2 containers".
std::string countText(std::int64_t count, std::string_view noun);

// Columns as wide as their widest cell, parted by two spaces; a column of which the
// header begins with '>' (not printed) is aligned to the right.
std::string tableText(const std::vector<std::string>& header,
                      const std::vector<std::vector<std::string>>& rows);

// How text is made to stand out; without colour it is left alone.
enum class Tone { Strong, Faint, Good, Warning, Bad };
struct Style {
  bool colour = false;
  std::string operator()(Tone tone, std::string_view text) const;
};

}  // namespace owpool::ctl

#endif  // OWPOOLCTL_TEXT_H_
