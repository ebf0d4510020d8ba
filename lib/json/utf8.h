// What is valid UTF-8.
#ifndef OWPOOL_JSON_UTF8_H_
#define OWPOOL_JSON_UTF8_H_

#include <cstddef>
#include <string_view>

namespace owpool::json {

// The length of the UTF-8 sequence that "text" begins with, 0 if it is not a valid
// one: no overlong form, no surrogate, nothing above U+10FFFF. REQUIRES: it is not empty.
std::size_t utf8SequenceLength(std::string_view text);

}  // namespace owpool::json

#endif  // OWPOOL_JSON_UTF8_H_
