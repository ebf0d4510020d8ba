// A namespace as it is stored: whose actions and activations are whose.
#ifndef OWPOOLD_RECORDS_NAMESPACE_RECORD_H_
#define OWPOOLD_RECORDS_NAMESPACE_RECORD_H_

#include <cstdint>
#include <optional>
#include <string>

namespace owpool::daemon {

// What actions and activations know of the namespace they belong to. The number
// tells apart two namespaces that had the same name one after the other: it is never
// used again, so nobody inherits what a removed namespace left.
struct NamespaceId {
  std::int64_t number = 0;
  std::string name;
};

// Of its own; nullopt: the daemon's default.
struct NamespaceLimits {
  std::optional<std::int64_t> concurrent_invocations;
  std::optional<std::int64_t> invocations_per_minute;
};

struct NamespaceRecord {
  NamespaceId id;
  std::string uuid;        // With the key: "uuid:key".
  std::string key_sha256;  // 64 hexadecimal digits. The key itself is kept nowhere.
  NamespaceLimits limits;
  std::int64_t created_ms = 0;  // Unix time.
};

}  // namespace owpool::daemon

#endif  // OWPOOLD_RECORDS_NAMESPACE_RECORD_H_
