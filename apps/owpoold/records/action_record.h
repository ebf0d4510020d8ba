// An action as it is stored, and how it becomes the Action that the pool runs.
#ifndef OWPOOLD_RECORDS_ACTION_RECORD_H_
#define OWPOOLD_RECORDS_ACTION_RECORD_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "json/json.h"
#include "owpool/action.h"
#include "owpoold/records/namespace_record.h"

namespace owpool::daemon {

// A parameter or an annotation.
struct KeyValue {
  std::string key;
  std::string value;  // JSON text, as it was sent.
  bool init = false;  // A parameter for /init, as a variable, and not for /run.
  // How OpenWhisk has encrypted the value. Kept for whoever reads the action; nothing
  // here encrypts or decrypts.
  std::optional<std::string> encryption = std::nullopt;
  friend bool operator==(const KeyValue&, const KeyValue&) = default;
};
using KeyValues = std::vector<KeyValue>;

// [{"key":…,"value":…},…], with "init":true and "encryption":… where they are set.
std::string keyValuesJson(const KeyValues& values);
// The same read. nullopt unless it is an array of objects with a string "key" and, if at
// all, a boolean "init" and an "encryption" that is a string or null; a missing value is
// null. Of equal keys the last counts, at the place of the first.
std::optional<KeyValues> parseKeyValues(const json::Value& array);
// {"a":1,"b":2}
std::string keyValuesAsObject(const KeyValues& values);
// Null if there is no such key.
const std::string* findValue(const KeyValues& values, std::string_view key);
// Adds it, or replaces its value.
void setValue(KeyValues& values, std::string_view key, std::string value);
void removeValue(KeyValues& values, std::string_view key);

struct ActionLimits {
  std::int64_t timeout_ms = 60000;
  std::int64_t memory_mb = 256;
  std::int64_t logs_mb = 10;
  std::int64_t concurrency = 1;
};

struct ActionRecord {
  NamespaceId owner;
  std::string package;  // Empty: none.
  std::string name;
  std::string version = "0.0.1";
  std::string revision;  // Another one after each update: no container outlives one.
  std::string kind;      // Of the manifest, never "…:default"; or "blackbox".
  std::optional<std::string> image;  // Of the kind "blackbox", and of no other.
  std::string code;      // Source text, or base64 of a zip if "binary"; of an image perhaps "".
  bool binary = false;
  std::optional<std::string> main;
  KeyValues parameters;
  KeyValues annotations;
  ActionLimits limits;
  bool publish = false;
  std::int64_t updated_ms = 0;  // Unix time.

  std::string path() const;           // "package/name" or "name".
  std::string qualifiedName() const;  // "namespace/package/name" or "namespace/name".
};

// True unless the annotation provide-api-key is there and false in JavaScript's sense.
bool wantsApiKey(const ActionRecord& record);

// For the pool. "log_ends_marked" is the kind's.
ActionPtr toAction(const ActionRecord& record, const RuntimeKind& runtime,
                   bool log_ends_marked = true);

}  // namespace owpool::daemon

#endif  // OWPOOLD_RECORDS_ACTION_RECORD_H_
