// JSON from people and machines that we do not trust. The only place that
// touches RapidJSON's parser, which by itself crashes on deep nesting and on long
// exponents, keeps duplicate keys and accepts invalid UTF-8.
#ifndef OWPOOL_JSON_JSON_H_
#define OWPOOL_JSON_JSON_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace owpool::json {

enum class Type { Null, Boolean, Number, String, Array, Object };

// Where something stands in a text: both count from 1, columns count bytes.
struct Position {
  std::size_t line = 1;
  std::size_t column = 1;
  friend bool operator==(const Position&, const Position&) = default;
};

// "offset" counts bytes from 0; one beyond the text is its end.
Position positionOf(std::string_view text, std::size_t offset);

// A checked piece of JSON text and what it is. The text of a value inside another
// is kept as it was written: no number changes, no key moves.
class Value {
 public:
  Type type() const;
  // As it was written, without surrounding white space.
  std::string_view text() const;
  // Of its first byte, in the text that was parsed.
  Position position() const;

  bool isObject() const;
  bool isArray() const;
  bool isString() const;

  // nullopt if it is of another type.
  std::optional<bool> asBool() const;
  std::optional<std::string> asString() const;   // Unescaped.
  std::optional<std::int64_t> asInteger() const;  // Also nullopt if not an integer of 64 bits.

  // Of an object, in the order written; empty for anything else. Keys unescaped.
  std::vector<std::pair<std::string, Value>> members() const;
  // The same, with keys as the strings that they are: they have a position.
  std::vector<std::pair<Value, Value>> membersWithKeys() const;
  // Of an object: nullopt if there is no such member.
  std::optional<Value> member(std::string_view key) const;
  // Of an array; empty for anything else.
  std::vector<Value> elements() const;

 private:
  friend absl::StatusOr<Value> parse(std::string text);
  Value(std::shared_ptr<const std::string> document, std::size_t begin, std::size_t end)
      : document_(std::move(document)), begin_(begin), end_(end) {}

  // The whole text that was checked; shared by all values inside it.
  std::shared_ptr<const std::string> document_;
  std::size_t begin_;
  std::size_t end_;
};

struct Fault {
  std::string what;
  Position position;
};

// What parse() would refuse; nullopt if nothing.
std::optional<Fault> findFault(const std::string& text);

// Checks "text" completely: valid JSON and UTF-8, nested at most 100 deep, no
// object with the same key twice, no number beyond the range of a double (RFC 8259
// lets us bound that), no exponent of more than 5 digits. The error is
// INVALID_ARGUMENT, its message says what is wrong and at which line and column.
absl::StatusOr<Value> parse(std::string text);

// A JSON string literal of "text", quotes included. Invalid UTF-8 is replaced, control
// characters, DEL and U+0080 to U+009F too, are escaped: a terminal may be shown it.
std::string quote(std::string_view text);

// {"a":1,"b":2} over {"b":3}: the members of "over" replace those of "base", in place;
// new ones follow. Values keep their text. REQUIRES: both are objects.
std::string mergeObjects(const Value& base, const Value& over);

}  // namespace owpool::json

#endif  // OWPOOL_JSON_JSON_H_
