// The namespaces of this daemon: who may use it, and how much.
#ifndef OWPOOLD_ACCESS_NAMESPACES_H_
#define OWPOOLD_ACCESS_NAMESPACES_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "owpoold/access/api_key.h"
#include "owpoold/access/invocation_throttle.h"
#include "owpoold/records/store.h"

namespace owpool::daemon {

// A namespace as it is at one moment. Immutable, but for the counts of the throttle,
// which all moments share.
struct Namespace {
  NamespaceId id;
  std::string uuid;
  std::string key_sha256;
  NamespaceLimits own_limits;
  std::int64_t created_ms = 0;
  std::shared_ptr<InvocationThrottle> throttle;
};
using NamespacePtr = std::shared_ptr<const Namespace>;

// All namespaces are in memory: to authenticate reads no database. Thread-safe. Keys
// leave it once, when they are made; what it keeps, logs and reports has none.
class Namespaces {
 public:
  // Reads them from "store", which outlives this.
  static absl::StatusOr<std::unique_ptr<Namespaces>> open(
      Store& store, std::function<std::int64_t()> unix_millis);

  // At the first start, when there is no namespace: makes "guest". If an older
  // owpoold left "key_file", that is its key, nullopt is returned, and the file, no
  // longer needed, is removed; else the result is a new key.
  absl::StatusOr<std::optional<ApiKey>> ensureGuest(const std::string& key_file);

  // The key of the new one. INVALID_ARGUMENT with the rule for names;
  // ALREADY_EXISTS.
  absl::StatusOr<ApiKey> create(const std::string& name);
  // The uuid stays; the old key is worth nothing from now on. NOT_FOUND.
  absl::StatusOr<ApiKey> renewKey(const std::string& name);
  // NOT_FOUND; INVALID_ARGUMENT for a negative limit.
  absl::Status setLimits(const std::string& name, const NamespaceLimits& limits);
  // FAILED_PRECONDITION: it has actions, and may not take them along. What it has
  // running ends and is recorded. NOT_FOUND.
  enum class WithActions { No, Yes };
  absl::Status remove(const std::string& name, WithActions with_actions);

  std::vector<NamespacePtr> list() const;  // By name.
  NamespacePtr find(const std::string& name) const;  // Null: there is none.

  // Null: there is no such uuid, or the key is not its. Takes the same time for both.
  NamespacePtr authenticate(const std::optional<ApiKey>& api_key) const;

  // Its own limits; where it has none, the daemon's.
  InvocationLimits limitsOf(const Namespace& which) const;
  InvocationLimits defaultLimits() const;
  void setDefaultLimits(const InvocationLimits& limits);

 private:
  Namespaces(Store& store, std::function<std::int64_t()> unix_millis)
      : store_(store), unix_millis_(std::move(unix_millis)) {}
  absl::Status insert(const std::string& name, const ApiKey& api_key);
  absl::Status change(const std::string& name, const std::function<void(Namespace&)>& edit);
  void put(NamespacePtr now);

  Store& store_;
  const std::function<std::int64_t()> unix_millis_;
  std::mutex changing_;  // Held by who changes anything, the database included.
  mutable std::shared_mutex mutex_;
  InvocationLimits default_limits_;
  std::map<std::string, NamespacePtr> by_name_;
  std::map<std::string, NamespacePtr> by_uuid_;
};

}  // namespace owpool::daemon

#endif  // OWPOOLD_ACCESS_NAMESPACES_H_
