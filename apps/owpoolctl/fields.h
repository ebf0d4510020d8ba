// Short ways to read what the daemon answered.
#ifndef OWPOOLCTL_FIELDS_H_
#define OWPOOLCTL_FIELDS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "json/json.h"
#include "owpoolctl/text.h"

namespace owpool::ctl {

// Fit for a terminal; empty if it is absent or no string.
inline std::string textOf(const json::Value& object, std::string_view key) {
  const auto member = object.member(key);
  return member ? cleaned(member->asString().value_or("")) : "";
}

// nullopt if it is absent or no integer.
inline std::optional<std::int64_t> numberOf(const json::Value& object, std::string_view key) {
  const auto member = object.member(key);
  return member ? member->asInteger() : std::nullopt;
}

inline bool flagOf(const json::Value& object, std::string_view key) {
  const auto member = object.member(key);
  return member && member->asBool().value_or(false);
}

// Empty if it is absent or no array.
inline std::vector<json::Value> elementsOf(const json::Value& object, std::string_view key) {
  const auto member = object.member(key);
  return member ? member->elements() : std::vector<json::Value>{};
}

}  // namespace owpool::ctl

#endif  // OWPOOLCTL_FIELDS_H_
