#include "owpoold/config/object_reader.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "fmt/format.h"
#include "owpoold/config/text_units.h"
#include "owpoold/support/nearest_name.h"

namespace owpool::daemon {
namespace {

std::string below(const std::string& place, std::string_view name) {
  return place.empty() ? std::string(name) : fmt::format("{}.{}", place, name);
}

// "2 minutes" as "2m": OpenWhisk's files are read by Scala, which knows words.
std::string withShortUnit(const std::string& text) {
  struct Words {
    std::string_view unit;
    std::vector<std::string_view> words;
  };
  static const std::vector<Words> kWords = {
      {"ms", {"milli", "millis", "millisecond", "milliseconds"}},
      {"s", {"sec", "secs", "second", "seconds"}},
      {"m", {"min", "mins", "minute", "minutes"}},
      {"h", {"hr", "hrs", "hour", "hours"}},
      {"d", {"day", "days"}}};
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const std::string unit = absl::AsciiStrToLower(
      std::string(absl::StripAsciiWhitespace(text.substr(digits))));
  for (const auto& [short_unit, words] : kWords) {
    if (std::find(words.begin(), words.end(), unit) != words.end()) {
      return fmt::format("{}{}", text.substr(0, digits), short_unit);
    }
  }
  return text;
}

}  // namespace

absl::Status PlacedValue::broken(std::string_view rule) const {
  return absl::InvalidArgumentError(
      fmt::format("{}{}{}", place, place.empty() ? "" : ": ", rule));
}

std::vector<PlacedValue> PlacedValue::elements() const {
  std::vector<PlacedValue> result;
  for (json::Value& element : value.elements()) {
    result.push_back({std::move(element), fmt::format("{}[{}]", place, result.size())});
  }
  return result;
}

ObjectReader::ObjectReader(const PlacedValue& object, const std::vector<std::string>& known)
    : object_(object), members_(object.value.members()) {
  if (!object.value.isObject()) {
    fail(object.broken("must be an object"));
    return;
  }
  for (const auto& [name, value] : members_) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    const std::string nearest = nearestName(name, known);
    const PlacedValue unknown{value, below(object.place, name)};
    fail(unknown.broken(nearest.empty()
                            ? fmt::format("is not known here: there are {}", fmt::join(known, ", "))
                            : fmt::format("is not known; did you mean {}?", nearest)));
    return;
  }
}

std::optional<PlacedValue> ObjectReader::member(std::string_view name) const {
  for (const auto& [key, value] : members_) {
    if (key == name) return PlacedValue{value, below(object_.place, name)};
  }
  return std::nullopt;
}

void ObjectReader::read(std::string_view name, bool& field) {
  const auto found = member(name);
  if (!found) return;
  const auto value = found->value.asBool();
  if (!value) fail(found->broken("must be true or false"));
  field = value.value_or(field);
}

void ObjectReader::read(std::string_view name, std::string& field) {
  const auto found = member(name);
  if (!found) return;
  const auto value = found->value.asString();
  if (!value || value->empty()) fail(found->broken("must be a string that is not empty"));
  field = value.value_or(field);
}

void ObjectReader::read(std::string_view name, int& field, int min, int max) {
  const auto found = member(name);
  if (!found) return;
  const auto value = found->value.asInteger();
  if (!value || *value < min || *value > max) {
    fail(found->broken(fmt::format("must be a whole number from {} to {}", min, max)));
    return;
  }
  field = static_cast<int>(*value);
}

void ObjectReader::read(std::string_view name, ByteSize& field) {
  const auto found = member(name);
  if (!found) return;
  const auto text = found->value.asString();
  if (!text) return fail(found->broken("must be a string like \"256 MB\""));
  const auto size = parseByteSize(*text);
  if (!size.ok()) return fail(found->broken(std::string(size.status().message())));
  if (*size <= ByteSize()) return fail(found->broken("must be more than 0"));
  field = *size;
}

void ObjectReader::read(std::string_view name, Duration& field) {
  const auto found = member(name);
  if (!found) return;
  const auto text = found->value.asString();
  if (!text) return fail(found->broken("must be a string like \"2 minutes\""));
  const auto duration = parseDuration(withShortUnit(*text));
  if (!duration.ok()) return fail(found->broken(std::string(duration.status().message())));
  if (*duration <= Duration()) return fail(found->broken("must be more than 0"));
  field = *duration;
}

void ObjectReader::require(std::string_view name) {
  if (!member(name)) fail(object_.broken(fmt::format("{} is missing", name)));
}

}  // namespace owpool::daemon
