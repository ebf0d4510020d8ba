// The JSON guard's rules again, in the slowest obvious way and without RapidJSON: both
// must say the same about every text.
#ifndef OWPOOL_TESTS_FUZZ_SLOW_JSON_H_
#define OWPOOL_TESTS_FUZZ_SLOW_JSON_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "json/json.h"

namespace owpool::fuzz {

struct SlowValue {
  json::Type type = json::Type::Null;
  std::string_view text;  // As it was written.
  std::string string;     // Unescaped; only of a string.
  std::vector<std::string> keys;   // Unescaped; only of an object.
  std::vector<SlowValue> values;   // Of each key, or of an array.
};

// nullopt iff json::parse() is to refuse "text". The result refers to it.
std::optional<SlowValue> slowParse(std::string_view text);

// UTF-8 without overlong forms and surrogates.
bool isUtf8(std::string_view text);

}  // namespace owpool::fuzz

#endif  // OWPOOL_TESTS_FUZZ_SLOW_JSON_H_
