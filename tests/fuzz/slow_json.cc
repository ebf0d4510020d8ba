#include "tests/fuzz/slow_json.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <string>

namespace owpool::fuzz {
namespace {

constexpr int kDepthMax = 100;
constexpr std::size_t kExponentDigitsMax = 5;

std::string utf8Of(unsigned code) {
  const auto tail = [&](int shift) { return static_cast<char>(0x80 | ((code >> shift) & 0x3F)); };
  if (code < 0x80) return {static_cast<char>(code)};
  if (code < 0x800) return {static_cast<char>(0xC0 | (code >> 6)), tail(0)};
  if (code < 0x10000) return {static_cast<char>(0xE0 | (code >> 12)), tail(6), tail(0)};
  return {static_cast<char>(0xF0 | (code >> 18)), tail(12), tail(6), tail(0)};
}

// Each function reads what it is named after and says whether it was there.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  bool document(SlowValue& value) {
    spaces();
    if (!this->value(value, 0)) return false;
    spaces();
    return at_ == text_.size();
  }

 private:
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool take(std::string_view word) {
    if (text_.substr(at_, word.size()) != word) return false;
    at_ += word.size();
    return true;
  }
  void spaces() {
    while (take(" ") || take("\t") || take("\n") || take("\r")) {
    }
  }
  std::size_t digits() {
    const std::size_t begin = at_;
    while (peek() >= '0' && peek() <= '9') ++at_;
    return at_ - begin;
  }

  bool value(SlowValue& value, int depth) {
    const std::size_t begin = at_;
    const bool read = anyValue(value, depth);
    value.text = text_.substr(begin, at_ - begin);
    return read;
  }

  bool anyValue(SlowValue& value, int depth) {
    switch (peek()) {
      case '{': value.type = json::Type::Object; return object(value, depth + 1);
      case '[': value.type = json::Type::Array; return array(value, depth + 1);
      case '"': value.type = json::Type::String; return string(value.string);
      case 't': value.type = json::Type::Boolean; return take("true");
      case 'f': value.type = json::Type::Boolean; return take("false");
      case 'n': value.type = json::Type::Null; return take("null");
      default: value.type = json::Type::Number; return number();
    }
  }

  bool object(SlowValue& object, int depth) {
    if (!take("{") || depth > kDepthMax) return false;
    spaces();
    if (take("}")) return true;
    do {
      std::string key;
      spaces();
      if (!string(key)) return false;
      if (std::count(object.keys.begin(), object.keys.end(), key) > 0) return false;
      spaces();
      if (!take(":")) return false;
      spaces();
      object.keys.push_back(key);
      object.values.emplace_back();
      if (!value(object.values.back(), depth)) return false;
      spaces();
    } while (take(","));
    return take("}");
  }

  bool array(SlowValue& array, int depth) {
    if (!take("[") || depth > kDepthMax) return false;
    spaces();
    if (take("]")) return true;
    do {
      spaces();
      array.values.emplace_back();
      if (!value(array.values.back(), depth)) return false;
      spaces();
    } while (take(","));
    return take("]");
  }

  bool number() {
    const std::size_t begin = at_;
    take("-");
    if (!take("0") && digits() == 0) return false;
    if (take(".") && digits() == 0) return false;
    if (take("e") || take("E")) {
      if (!take("+")) take("-");
      const std::size_t count = digits();
      if (count == 0 || count > kExponentDigitsMax) return false;
    }
    return std::isfinite(std::strtod(std::string(text_.substr(begin, at_ - begin)).c_str(),
                                     nullptr));
  }

  bool fourDigits(unsigned& unit) {
    const std::string hex(text_.substr(at_, 4));
    if (hex.size() != 4 || hex.find_first_not_of("0123456789abcdefABCDEF") != hex.npos)
      return false;
    unit = static_cast<unsigned>(std::stoul(hex, nullptr, 16));
    at_ += 4;
    return true;
  }

  bool unicodeEscape(std::string& out) {
    unsigned code = 0;
    if (!fourDigits(code) || (code >= 0xDC00 && code <= 0xDFFF)) return false;
    if (code >= 0xD800 && code <= 0xDBFF) {
      unsigned low = 0;
      if (!take("\\u") || !fourDigits(low) || low < 0xDC00 || low > 0xDFFF) return false;
      code = 0x10000 + (code - 0xD800) * 0x400 + (low - 0xDC00);
    }
    out += utf8Of(code);
    return true;
  }

  bool string(std::string& out) {
    if (!take("\"")) return false;
    while (at_ < text_.size() && peek() != '"') {
      if (static_cast<unsigned char>(peek()) < 0x20) return false;
      if (!take("\\")) {
        out += text_[at_++];
        continue;
      }
      constexpr std::string_view kEscapes = "\"\\/bfnrt";
      constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
      if (take("u")) {
        if (!unicodeEscape(out)) return false;
      } else if (const auto which = kEscapes.find(peek()); at_ < text_.size() &&
                 which != kEscapes.npos) {
        out += kMeanings[which];
        ++at_;
      } else {
        return false;
      }
    }
    return take("\"") && isUtf8(out);
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

bool isUtf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto first = static_cast<unsigned char>(text[at]);
    const std::size_t length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    if (first >= 0xF8 || at + length > text.size()) return false;
    unsigned code = length == 1 ? first : first & (0x7Fu >> length);
    for (std::size_t i = 1; i < length; ++i)
      code = (code << 6) | (static_cast<unsigned char>(text[at + i]) & 0x3F);
    const bool is_surrogate = code >= 0xD800 && code <= 0xDFFF;
    // Whatever is not written the one right way is not written the same again.
    if (code > 0x10FFFF || is_surrogate || utf8Of(code) != text.substr(at, length)) return false;
    at += length;
  }
  return true;
}

std::optional<SlowValue> slowParse(std::string_view text) {
  SlowValue value;
  return Reader(text).document(value) ? std::optional(std::move(value)) : std::nullopt;
}

}  // namespace owpool::fuzz
