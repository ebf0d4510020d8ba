// Actions ready to be invoked, in memory.
#ifndef OWPOOLD_INVOKE_ACTION_CACHE_H_
#define OWPOOLD_INVOKE_ACTION_CACHE_H_

#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "owpoold/config/manifest.h"
#include "owpoold/records/store.h"

namespace owpool::daemon {

struct InvocableAction {
  ActionRecord record;  // Without code.
  ActionPtr action;     // Null: the manifest has its kind no more.
};
using InvocableActionPtr = std::shared_ptr<const InvocableAction>;

// Reads an action from the store when it is invoked for the first time, and shares
// it with all later invocations: one that finds its container warm touches neither
// database nor code. Of a revision that was replaced or deleted none is given out
// after forget(). Thread-safe.
class ActionCache {
 public:
  // "store" and "manifest" outlive this. Of what is kept, code and parameters, there
  // is at most "size_max"; what was used last stays.
  ActionCache(Store& store, const Manifest& manifest,
              ByteSize size_max = ByteSize::mebibytes(128))
      : store_(store), manifest_(manifest), size_max_(size_max) {}

  // Null: there is no such action.
  absl::StatusOr<InvocableActionPtr> find(const NamespaceId& owner, const std::string& package,
                                          const std::string& name);
  // To be called when the store has changed it, before anybody is told.
  void forget(const NamespaceId& owner, const std::string& package, const std::string& name);

  ByteSize size() const;

 private:
  using Key = std::pair<std::int64_t, std::string>;  // Number of the namespace, path.
  struct Entry {
    Key key;
    InvocableActionPtr action;
    ByteSize size;
  };
  using Entries = std::list<Entry>;

  absl::StatusOr<std::pair<InvocableActionPtr, ByteSize>> load(const NamespaceId& owner,
                                                               const std::string& package,
                                                               const std::string& name);
  void drop(Entries::iterator entry);

  Store& store_;
  const Manifest& manifest_;
  const ByteSize size_max_;
  mutable std::mutex mutex_;
  Entries entries_;  // The last used one first.
  std::map<Key, Entries::iterator> by_key_;
  ByteSize size_;
  std::uint64_t forgotten_ = 0;  // Calls of forget().
};

}  // namespace owpool::daemon

#endif  // OWPOOLD_INVOKE_ACTION_CACHE_H_
