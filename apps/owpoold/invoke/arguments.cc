#include "owpoold/invoke/arguments.h"

#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "owpoold/support/json_text.h"

namespace owpool::daemon {
namespace {

// JSON without the white space between its parts.
std::string compact(std::string_view text) {
  std::string result;
  bool in_string = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (!in_string && (c == ' ' || c == '\t' || c == '\n' || c == '\r')) continue;
    result += c;
    if (in_string && c == '\\') result += text[++at];
    if (c == '"') in_string = !in_string;
  }
  return result;
}

// As OpenWhisk writes one (WhiskAction.containerInitializer).
std::string variableText(const json::Value& value) {
  if (value.type() == json::Type::Null) return "";
  if (auto text = value.asString()) return *std::move(text);
  return compact(value.text());
}

std::set<std::string> initNames(const KeyValues& parameters) {
  std::set<std::string> names;
  for (const KeyValue& parameter : parameters) {
    if (parameter.init) names.insert(parameter.key);
  }
  return names;
}

}  // namespace

absl::StatusOr<Arguments> argumentsOf(const ActionRecord& action,
                                      const std::optional<json::Value>& payload) {
  Arguments arguments;
  if (payload && payload->isArray()) {
    arguments.parameters = std::string(payload->text());
    return arguments;
  }
  const std::string own = keyValuesAsObject(action.parameters);
  const auto base = json::parse(own);
  if (!base.ok()) return base.status();
  arguments.parameters = payload ? json::mergeObjects(*base, *payload) : own;

  const std::set<std::string> names = initNames(action.parameters);
  if (names.empty()) return arguments;
  const auto merged = json::parse(arguments.parameters);
  if (!merged.ok()) return merged.status();
  ObjectText rest;
  for (const auto& [key, value] : merged->members()) {
    if (names.count(key) != 0) {
      arguments.environment.emplace_back(key, variableText(value));
    } else {
      rest.json(key, value.text());
    }
  }
  arguments.parameters = rest.text();
  return arguments;
}

}  // namespace owpool::daemon
