#include "owpoold/records/action_record.h"

#include <memory>
#include <unordered_map>
#include <utility>

#include "fmt/format.h"
#include "owpoold/support/json_text.h"
#include "owpoold/support/names.h"

namespace owpool::daemon {

std::string keyValuesJson(const KeyValues& values) {
  std::vector<std::string> texts;
  for (const auto& [key, value] : values) {
    texts.push_back(ObjectText().string("key", key).json("value", value).text());
  }
  return arrayText(texts);
}

std::optional<KeyValues> parseKeyValues(const json::Value& array) {
  if (!array.isArray()) return std::nullopt;
  KeyValues values;
  std::unordered_map<std::string, std::size_t> places;  // Of each key in "values".
  for (const json::Value& element : array.elements()) {
    const auto key = element.member("key");
    const auto name = key ? key->asString() : std::nullopt;
    if (!name) return std::nullopt;
    const auto value = element.member("value");
    const auto [place, is_new] = places.try_emplace(*name, values.size());
    if (is_new) values.push_back({*name, ""});
    values[place->second].value = value ? std::string(value->text()) : "null";
  }
  return values;
}

std::string keyValuesAsObject(const KeyValues& values) {
  ObjectText object;
  for (const auto& [key, value] : values) object.json(key, value);
  return object.text();
}

const std::string* findValue(const KeyValues& values, std::string_view key) {
  for (const KeyValue& entry : values) {
    if (entry.key == key) return &entry.value;
  }
  return nullptr;
}

void setValue(KeyValues& values, std::string_view key, std::string value) {
  for (KeyValue& entry : values) {
    if (entry.key == key) {
      entry.value = std::move(value);
      return;
    }
  }
  values.push_back({std::string(key), std::move(value)});
}

std::string ActionRecord::path() const { return package.empty() ? name : package + "/" + name; }

bool wantsApiKey(const ActionRecord& record) {
  const std::string* value = findValue(record.annotations, "provide-api-key");
  return value == nullptr ||
         (*value != "false" && *value != "null" && *value != "0" && *value != "\"\"");
}

ActionPtr toAction(const ActionRecord& record, const RuntimeKind& runtime) {
  auto action = std::make_shared<Action>();
  action->key = ActionKey(std::string(kNamespace), fmt::format("{}/{}", kNamespace, record.path()),
                          record.revision);
  action->runtime = runtime;
  action->memory = ByteSize::mebibytes(record.limits.memory_mb);
  action->time_limit = std::chrono::milliseconds(record.limits.timeout_ms);
  action->log_limit = ByteSize::mebibytes(record.limits.logs_mb);
  action->concurrency_max = static_cast<int>(record.limits.concurrency);
  action->version = record.version;
  action->code.text = record.code;
  action->code.main = record.main.value_or("main");
  action->code.binary = record.binary;
  return action;
}

}  // namespace owpool::daemon
