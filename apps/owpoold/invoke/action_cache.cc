#include "owpoold/invoke/action_cache.h"

namespace owpool::daemon {
namespace {

// Of an entry without code and parameters.
constexpr std::size_t kEntryBytes = 2048;

std::string pathOf(const std::string& package, const std::string& name) {
  return package.empty() ? name : package + "/" + name;
}

ByteSize sizeOf(const ActionRecord& record) {
  std::size_t bytes = kEntryBytes + record.code.size();
  for (const KeyValues* values : {&record.parameters, &record.annotations}) {
    for (const KeyValue& entry : *values) bytes += entry.key.size() + entry.value.size();
  }
  return ByteSize::bytes(static_cast<std::int64_t>(bytes));
}

}  // namespace

absl::StatusOr<InvocableActionPtr> ActionCache::find(const NamespaceId& owner,
                                                     const std::string& package,
                                                     const std::string& name) {
  Key key(owner.number, pathOf(package, name));
  std::uint64_t forgotten = 0;
  {
    std::lock_guard lock(mutex_);
    if (const auto found = by_key_.find(key); found != by_key_.end()) {
      entries_.splice(entries_.begin(), entries_, found->second);
      return found->second->action;
    }
    forgotten = forgotten_;
  }
  const auto loaded = load(owner, package, name);
  if (!loaded.ok()) return loaded.status();
  const auto& [action, size] = *loaded;

  std::lock_guard lock(mutex_);
  // If something was forgotten meanwhile, this may be the revision before.
  const bool is_known = by_key_.find(key) != by_key_.end();
  if (action != nullptr && forgotten == forgotten_ && !is_known && size <= size_max_) {
    entries_.push_front({key, action, size});
    by_key_.emplace(std::move(key), entries_.begin());
    size_ = size_ + size;
    while (size_ > size_max_) drop(std::prev(entries_.end()));
  }
  return action;
}

absl::StatusOr<std::pair<InvocableActionPtr, ByteSize>> ActionCache::load(
    const NamespaceId& owner, const std::string& package, const std::string& name) {
  auto record = store_.findAction(owner, package, name);
  if (!record.ok()) return record.status();
  if (!*record) return std::pair<InvocableActionPtr, ByteSize>();
  const ByteSize size = sizeOf(**record);
  auto invocable = std::make_shared<InvocableAction>();
  if (const Kind* kind = manifest_.find((*record)->kind)) {
    RuntimeKind runtime = kind->runtime();
    if ((*record)->image) runtime.image = *(*record)->image;
    invocable->action = toAction(**record, runtime, kind->marks_log_ends);
  }
  invocable->record = **std::move(record);
  invocable->record.code = std::string();
  return std::pair<InvocableActionPtr, ByteSize>(std::move(invocable), size);
}

void ActionCache::drop(Entries::iterator entry) {
  size_ = size_ - entry->size;
  by_key_.erase(entry->key);
  entries_.erase(entry);
}

void ActionCache::forget(const NamespaceId& owner, const std::string& package,
                         const std::string& name) {
  std::lock_guard lock(mutex_);
  ++forgotten_;
  if (const auto found = by_key_.find({owner.number, pathOf(package, name)});
      found != by_key_.end()) {
    drop(found->second);
  }
}

ByteSize ActionCache::size() const {
  std::lock_guard lock(mutex_);
  return size_;
}

}  // namespace owpool::daemon
