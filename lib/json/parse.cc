#include <algorithm>
#include <cmath>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <rapidjson/error/en.h>
#include <rapidjson/reader.h>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/charconv.h"
#include "json/json.h"
#include "json/utf8.h"

namespace owpool::json {
namespace {

constexpr int kDepthMax = 100;
constexpr int kExponentDigitsMax = 5;

bool isDigit(char c) { return c >= '0' && c <= '9'; }
bool isSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// What is wrong, and where in the text.
struct OffsetFault {
  std::string what;  // Empty: nothing.
  std::size_t offset = 0;
};

// Looks for what RapidJSON must not see: a NUL byte, at which it stops reading as if the
// text ended there; UTF-8 that is cut off, beyond whose end it reads; nesting and exponents
// that it cannot cope with. Text that is no JSON at all may pass, it is refused later.
class PreScan {
 public:
  explicit PreScan(std::string_view text) : text_(text) {}

  OffsetFault run() {
    if (const auto nul = text_.find('\0'); nul != std::string_view::npos)
      return {"a NUL byte", nul};
    for (std::size_t at = 0; at < text_.size();) {
      const std::size_t length = utf8SequenceLength(text_.substr(at));
      if (length == 0) return {"invalid UTF-8", at};
      at += length;
    }
    int depth = 0;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '"') {
        skipString();
        continue;
      }
      if (c == '[' || c == '{') {
        if (++depth > kDepthMax)
          return {fmt::format("nested more than {} deep", kDepthMax), at_};
      } else if (c == ']' || c == '}') {
        --depth;
      } else if ((c == 'e' || c == 'E') && exponentDigits() > kExponentDigitsMax) {
        return {fmt::format("an exponent of more than {} digits", kExponentDigitsMax), at_};
      }
      ++at_;
    }
    return {};
  }

 private:
  void skipString() {
    for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
      if (text_[at_] == '\\') ++at_;
    }
    ++at_;
  }

  int exponentDigits() const {
    std::size_t i = at_ + 1;
    if (i < text_.size() && (text_[i] == '+' || text_[i] == '-')) ++i;
    int digits = 0;
    for (; i < text_.size() && isDigit(text_[i]) && digits <= kExponentDigitsMax; ++i) ++digits;
    return digits;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

// Refuses what RapidJSON lets pass: the same key twice, the escape of a low surrogate
// without its high one, which it unescapes to something that is not UTF-8, and numbers
// that the mantissa takes beyond a double: it looks at the exponent alone.
class StrictHandler : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, StrictHandler> {
 public:
  bool StartObject() {
    keys_.emplace_back();
    return true;
  }
  bool EndObject(rapidjson::SizeType) {
    keys_.pop_back();
    return true;
  }
  bool Key(const char* data, rapidjson::SizeType size, bool) {
    if (!String(data, size, true)) return false;
    const auto [key, inserted] = keys_.back().emplace(data, size);
    if (!inserted) what_ = fmt::format("the key {} twice in one object", quote(*key));
    return inserted;
  }
  bool String(const char* data, rapidjson::SizeType size, bool) {
    const std::string_view text(data, size);
    // 0xED begins U+D000 to U+DFFF; from 0xED 0xA0 on they are surrogates.
    for (auto at = text.find('\xED'); at != text.npos; at = text.find('\xED', at + 1)) {
      if (at + 1 < text.size() && static_cast<unsigned char>(text[at + 1]) >= 0xA0) {
        what_ = "the escape of half a surrogate pair";
        return false;
      }
    }
    return true;
  }
  bool RawNumber(const char* data, rapidjson::SizeType size, bool) {
    double value = 0;
    // Sets the largest double if it is beyond, 0 if it is nearer to 0 than any.
    const auto result = absl::from_chars(data, data + size, value);
    if (result.ec != std::errc::result_out_of_range || std::abs(value) < 1) return true;
    what_ = "a number beyond the range of a double";
    is_number_ = true;
    return false;
  }

  const std::string& what() const { return what_; }
  // It is about a number, else about a string.
  bool isNumber() const { return is_number_; }

 private:
  std::vector<absl::flat_hash_set<std::string>> keys_;  // One for each open object.
  std::string what_;
  bool is_number_ = false;
};

// Of the string literal that ends before "end": the last quote that no backslash escapes.
std::size_t beginOfString(std::string_view text, std::size_t end) {
  for (std::size_t at = text.rfind('"', end - 2);; at = text.rfind('"', at - 1)) {
    std::size_t backslashes = 0;
    while (backslashes < at && text[at - 1 - backslashes] == '\\') ++backslashes;
    if (backslashes % 2 == 0) return at;
  }
}

OffsetFault findOffsetFault(const std::string& text) {
  if (OffsetFault fault = PreScan(text).run(); !fault.what.empty()) return fault;
  // Iterative, so that the stack does not grow with the text. Numbers stay text: the
  // conversion has undefined behaviour for some of them.
  constexpr unsigned kFlags =
      rapidjson::kParseIterativeFlag | rapidjson::kParseNumbersAsStringsFlag;
  rapidjson::Reader reader;
  rapidjson::StringStream stream(text.c_str());
  StrictHandler handler;
  const rapidjson::ParseResult result = reader.Parse<kFlags>(stream, handler);
  if (!result.IsError()) return {};
  // Of a number that is refused RapidJSON says where it begins, of a string where it ends.
  if (handler.isNumber()) return {handler.what(), result.Offset()};
  if (!handler.what().empty()) return {handler.what(), beginOfString(text, result.Offset())};
  return {rapidjson::GetParseError_En(result.Code()), result.Offset()};
}

}  // namespace

Position positionOf(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, std::min(offset, text.size()));
  const auto lines_before = std::count(before.begin(), before.end(), '\n');
  const auto last_line = before.rfind('\n') + 1;  // npos + 1 is 0.
  return {static_cast<std::size_t>(lines_before) + 1, before.size() - last_line + 1};
}

std::optional<Fault> findFault(const std::string& text) {
  OffsetFault fault = findOffsetFault(text);
  if (fault.what.empty()) return std::nullopt;
  return Fault{std::move(fault.what), positionOf(text, fault.offset)};
}

absl::StatusOr<Value> parse(std::string text) {
  if (const auto fault = findFault(text)) {
    return absl::InvalidArgumentError(fmt::format("not acceptable JSON at line {}, column {}: {}",
                                                  fault->position.line, fault->position.column,
                                                  fault->what));
  }
  std::size_t begin = 0;
  std::size_t end = text.size();
  while (isSpace(text[begin])) ++begin;
  while (isSpace(text[end - 1])) --end;
  return Value(std::make_shared<const std::string>(std::move(text)), begin, end);
}

}  // namespace owpool::json
