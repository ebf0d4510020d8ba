// Everything here reads text that parse() has checked, so nothing here can fail.
#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "json/json.h"

namespace owpool::json {
namespace {

bool isSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

std::size_t skipSpace(std::string_view text, std::size_t at) {
  while (isSpace(text[at])) ++at;
  return at;
}

// Behind the string literal that begins at "at".
std::size_t endOfString(std::string_view text, std::size_t at) {
  for (++at; text[at] != '"'; ++at) {
    if (text[at] == '\\') ++at;
  }
  return at + 1;
}

// Behind the value that begins at "at".
std::size_t endOfValue(std::string_view text, std::size_t at) {
  if (text[at] == '"') return endOfString(text, at);
  if (text[at] != '{' && text[at] != '[') {
    while (at < text.size() && !isSpace(text[at]) && text[at] != ',' && text[at] != ']' &&
           text[at] != '}')
      ++at;
    return at;
  }
  int depth = 0;
  do {
    if (text[at] == '"') {
      at = endOfString(text, at);
      continue;
    }
    if (text[at] == '{' || text[at] == '[') ++depth;
    if (text[at] == '}' || text[at] == ']') --depth;
    ++at;
  } while (depth > 0);
  return at;
}

unsigned hex4(std::string_view digits) {
  unsigned value = 0;
  std::from_chars(digits.data(), digits.data() + 4, value, 16);
  return value;
}

void appendUtf8(std::string& out, unsigned code_point) {
  const auto put = [&](unsigned byte) { out += static_cast<char>(byte); };
  if (code_point < 0x80) {
    put(code_point);
  } else if (code_point < 0x800) {
    put(0xC0 | (code_point >> 6));
    put(0x80 | (code_point & 0x3F));
  } else if (code_point < 0x10000) {
    put(0xE0 | (code_point >> 12));
    put(0x80 | ((code_point >> 6) & 0x3F));
    put(0x80 | (code_point & 0x3F));
  } else {
    put(0xF0 | (code_point >> 18));
    put(0x80 | ((code_point >> 12) & 0x3F));
    put(0x80 | ((code_point >> 6) & 0x3F));
    put(0x80 | (code_point & 0x3F));
  }
}

// Appends what the escape at "at" (its backslash) stands for. Behind it.
std::size_t appendUnescaped(std::string& out, std::string_view literal, std::size_t at) {
  switch (const char c = literal[at + 1]) {
    case 'b': out += '\b'; break;
    case 'f': out += '\f'; break;
    case 'n': out += '\n'; break;
    case 'r': out += '\r'; break;
    case 't': out += '\t'; break;
    case 'u': {
      const unsigned unit = hex4(literal.substr(at + 2, 4));
      if (unit < 0xD800 || unit > 0xDBFF) {
        appendUtf8(out, unit);
        return at + 6;
      }
      const unsigned low = hex4(literal.substr(at + 8, 4));
      appendUtf8(out, 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00));
      return at + 12;
    }
    default: out += c; break;
  }
  return at + 2;
}

// Of a string literal, quotes included.
std::string unescape(std::string_view literal) {
  std::string out;
  out.reserve(literal.size());
  std::size_t at = 1;
  while (at + 1 < literal.size()) {
    const std::size_t stop = std::min(literal.find('\\', at), literal.size() - 1);
    out += literal.substr(at, stop - at);
    at = stop;
    if (literal[at] == '\\') at = appendUnescaped(out, literal, at);
  }
  return out;
}

}  // namespace

Type Value::type() const {
  switch (text().front()) {
    case '{': return Type::Object;
    case '[': return Type::Array;
    case '"': return Type::String;
    case 't':
    case 'f': return Type::Boolean;
    case 'n': return Type::Null;
    default: return Type::Number;
  }
}

std::string_view Value::text() const {
  return std::string_view(*document_).substr(begin_, end_ - begin_);
}

bool Value::isObject() const { return type() == Type::Object; }
bool Value::isArray() const { return type() == Type::Array; }
bool Value::isString() const { return type() == Type::String; }

std::optional<bool> Value::asBool() const {
  if (type() != Type::Boolean) return std::nullopt;
  return text().front() == 't';
}

std::optional<std::string> Value::asString() const {
  if (!isString()) return std::nullopt;
  return unescape(text());
}

std::optional<std::int64_t> Value::asInteger() const {
  if (type() != Type::Number) return std::nullopt;
  const std::string_view digits = text();
  const char* const end = digits.data() + digits.size();
  std::int64_t value = 0;
  const auto [stopped_at, error] = std::from_chars(digits.data(), end, value);
  if (error != std::errc() || stopped_at != end) return std::nullopt;
  return value;
}

Position Value::position() const { return positionOf(*document_, begin_); }

std::vector<std::pair<Value, Value>> Value::membersWithKeys() const {
  std::vector<std::pair<Value, Value>> result;
  if (!isObject()) return result;
  const std::string_view whole = *document_;
  std::size_t at = skipSpace(whole, begin_ + 1);
  while (whole[at] != '}') {
    const std::size_t key_end = endOfString(whole, at);
    const std::size_t value_begin = skipSpace(whole, skipSpace(whole, key_end) + 1);
    const std::size_t value_end = endOfValue(whole, value_begin);
    result.emplace_back(Value(document_, at, key_end), Value(document_, value_begin, value_end));
    at = skipSpace(whole, value_end);
    if (whole[at] == ',') at = skipSpace(whole, at + 1);
  }
  return result;
}

std::vector<std::pair<std::string, Value>> Value::members() const {
  std::vector<std::pair<std::string, Value>> result;
  for (auto& [key, value] : membersWithKeys()) {
    result.emplace_back(unescape(key.text()), std::move(value));
  }
  return result;
}

std::optional<Value> Value::member(std::string_view key) const {
  for (auto& [name, value] : members()) {
    if (name == key) return std::move(value);
  }
  return std::nullopt;
}

std::vector<Value> Value::elements() const {
  std::vector<Value> result;
  if (!isArray()) return result;
  const std::string_view whole = *document_;
  std::size_t at = skipSpace(whole, begin_ + 1);
  while (whole[at] != ']') {
    const std::size_t value_end = endOfValue(whole, at);
    result.push_back(Value(document_, at, value_end));
    at = skipSpace(whole, value_end);
    if (whole[at] == ',') at = skipSpace(whole, at + 1);
  }
  return result;
}

std::string mergeObjects(const Value& base, const Value& over) {
  auto members = base.members();
  absl::flat_hash_map<std::string, std::size_t> index;
  for (std::size_t i = 0; i < members.size(); ++i) index.emplace(members[i].first, i);
  for (auto& [key, value] : over.members()) {
    const auto found = index.find(key);
    if (found != index.end()) {
      members[found->second].second = value;
    } else {
      members.emplace_back(key, value);
    }
  }
  std::string out = "{";
  for (const auto& [key, value] : members) {
    if (out.size() > 1) out += ',';
    out += quote(key);
    out += ':';
    out += value.text();
  }
  out += '}';
  return out;
}

}  // namespace owpool::json
