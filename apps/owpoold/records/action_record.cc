#include "owpoold/records/action_record.h"

#include <algorithm>
#include <memory>
#include <unordered_map>
#include <utility>

#include "owpoold/support/json_text.h"

namespace owpool::daemon {

std::string keyValuesJson(const KeyValues& values) {
  std::vector<std::string> texts;
  for (const KeyValue& entry : values) {
    ObjectText object;
    object.string("key", entry.key).json("value", entry.value);
    if (entry.init) object.boolean("init", true);
    if (entry.encryption) object.string("encryption", *entry.encryption);
    texts.push_back(object.text());
  }
  return arrayText(texts);
}

namespace {

std::optional<KeyValue> parseKeyValue(const json::Value& element) {
  KeyValue entry;
  entry.value = "null";
  bool has_key = false;
  for (const auto& [name, value] : element.members()) {
    if (name == "key") {
      const auto key = value.asString();
      if (!key) return std::nullopt;
      entry.key = *key;
      has_key = true;
    } else if (name == "value") {
      entry.value = std::string(value.text());
    } else if (name == "init") {
      const auto init = value.asBool();
      if (!init) return std::nullopt;
      entry.init = *init;
    } else if (name == "encryption" && value.type() != json::Type::Null) {
      entry.encryption = value.asString();
      if (!entry.encryption) return std::nullopt;
    }
  }
  return has_key ? std::optional(std::move(entry)) : std::nullopt;
}

}  // namespace

std::optional<KeyValues> parseKeyValues(const json::Value& array) {
  if (!array.isArray()) return std::nullopt;
  KeyValues values;
  std::unordered_map<std::string, std::size_t> places;  // Of each key in "values".
  for (const json::Value& element : array.elements()) {
    auto entry = parseKeyValue(element);
    if (!entry) return std::nullopt;
    const auto [place, is_new] = places.try_emplace(entry->key, values.size());
    if (is_new) {
      values.push_back(*std::move(entry));
    } else {
      values[place->second] = *std::move(entry);
    }
  }
  return values;
}

std::string keyValuesAsObject(const KeyValues& values) {
  ObjectText object;
  for (const KeyValue& entry : values) object.json(entry.key, entry.value);
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
  values.push_back({.key = std::string(key), .value = std::move(value)});
}

void removeValue(KeyValues& values, std::string_view key) {
  values.erase(std::remove_if(values.begin(), values.end(),
                              [&](const KeyValue& entry) { return entry.key == key; }),
               values.end());
}

std::string ActionRecord::path() const { return package.empty() ? name : package + "/" + name; }

std::string ActionRecord::qualifiedName() const { return owner.name + "/" + path(); }

bool wantsApiKey(const ActionRecord& record) {
  const std::string* value = findValue(record.annotations, "provide-api-key");
  return value == nullptr ||
         (*value != "false" && *value != "null" && *value != "0" && *value != "\"\"");
}

ActionPtr toAction(const ActionRecord& record, const RuntimeKind& runtime, bool log_ends_marked) {
  auto action = std::make_shared<Action>();
  action->key = ActionKey(record.owner.name, record.qualifiedName(), record.revision);
  action->runtime = runtime;
  action->memory = ByteSize::mebibytes(record.limits.memory_mb);
  action->time_limit = std::chrono::milliseconds(record.limits.timeout_ms);
  action->log_limit = ByteSize::mebibytes(record.limits.logs_mb);
  action->concurrency_max = static_cast<int>(record.limits.concurrency);
  action->log_ends_marked = log_ends_marked;
  action->version = record.version;
  action->code.text = record.code;
  action->code.main = record.main.value_or("main");
  action->code.binary = record.binary;
  return action;
}

}  // namespace owpool::daemon
