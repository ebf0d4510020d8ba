#include "owpoold/access/namespaces.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>

#include "absl/strings/ascii.h"
#include "fmt/format.h"
#include "owpoold/operation/log.h"
#include "owpoold/support/files.h"
#include "owpoold/support/names.h"

namespace owpool::daemon {
namespace {

constexpr const char* kGuest = "guest";

absl::Status noSuchNamespace(const std::string& name) {
  return absl::NotFoundError(fmt::format("There is no namespace '{}'.", name.substr(0, 300)));
}

NamespaceRecord recordOf(const Namespace& one) {
  return {one.id, one.uuid, one.key_sha256, one.own_limits, one.created_ms};
}

// What an owpoold of one namespace had in DIR/key; nullopt if there is no such file.
absl::StatusOr<std::optional<ApiKey>> readKeyFile(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return std::optional<ApiKey>();
  const auto content = readFile(path, ByteSize::bytes(4096));
  if (!content.ok()) return content.status();
  auto api_key = ApiKey::parse(std::string(absl::StripAsciiWhitespace(*content)));
  if (!api_key) {
    return absl::FailedPreconditionError(
        fmt::format("{}: must hold uuid:key, the key being 64 letters and digits; remove the file "
                    "to have a new one made", path));
  }
  return api_key;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Namespaces>> Namespaces::open(
    Store& store, std::function<std::int64_t()> unix_millis) {
  const auto records = store.listNamespaces();
  if (!records.ok()) return records.status();
  std::unique_ptr<Namespaces> namespaces(new Namespaces(store, std::move(unix_millis)));
  for (const NamespaceRecord& record : *records) {
    namespaces->put(std::make_shared<Namespace>(
        Namespace{record.id, record.uuid, record.key_sha256, record.limits, record.created_ms,
                  InvocationThrottle::create()}));
  }
  return namespaces;
}

absl::StatusOr<std::optional<ApiKey>> Namespaces::ensureGuest(const std::string& key_file) {
  std::lock_guard changing(changing_);
  const auto old_key = readKeyFile(key_file);
  if (!old_key.ok()) return old_key.status();
  std::optional<ApiKey> made;
  if (list().empty()) {
    if (!*old_key) made = ApiKey::random();
    if (const auto status = insert(kGuest, made ? *made : **old_key); !status.ok()) return status;
  }
  // Also if the file was left by a start that was cut off here.
  if (const auto owner = authenticate(*old_key)) {
    if (::unlink(key_file.c_str()) != 0) {
      return absl::FailedPreconditionError(fmt::format(
          "{}: cannot be removed: {}", key_file, std::generic_category().message(errno)));
    }
    log(LogLevel::Info, "the key stays valid, but its hash alone is kept now: the file is removed",
        {{"namespace", owner->id.name}, {"file", key_file}});
  }
  return made;
}

absl::Status Namespaces::insert(const std::string& name, const ApiKey& api_key) {
  auto made = std::make_shared<Namespace>();
  made->id.name = name;
  made->uuid = api_key.uuid;
  made->key_sha256 = sha256(api_key.key);
  made->created_ms = unix_millis_();
  made->throttle = InvocationThrottle::create();
  const auto number = store_.insertNamespace(recordOf(*made));
  if (!number.ok()) return number.status();
  made->id.number = *number;
  put(std::move(made));
  return absl::OkStatus();
}

void Namespaces::put(NamespacePtr now) {
  std::unique_lock lock(mutex_);
  by_name_[now->id.name] = now;
  by_uuid_[now->uuid] = now;
}

absl::StatusOr<ApiKey> Namespaces::create(const std::string& name) {
  if (!isEntityName(name) || name == "_") {
    return absl::InvalidArgumentError(
        fmt::format("The name '{}' is not allowed for a namespace: {}, and is not '_'.",
                    name.substr(0, 300), kEntityNameRule));
  }
  std::lock_guard changing(changing_);
  if (find(name) != nullptr) {
    return absl::AlreadyExistsError(fmt::format("There is a namespace '{}' already.", name));
  }
  ApiKey api_key = ApiKey::random();
  if (const auto status = insert(name, api_key); !status.ok()) return status;
  log(LogLevel::Info, "namespace created", {{"namespace", name}});
  return api_key;
}

absl::Status Namespaces::change(const std::string& name,
                                const std::function<void(Namespace&)>& edit) {
  std::lock_guard changing(changing_);
  const NamespacePtr before = find(name);
  if (before == nullptr) return noSuchNamespace(name);
  auto after = std::make_shared<Namespace>(*before);
  edit(*after);
  if (auto status = store_.updateNamespace(recordOf(*after)); !status.ok()) return status;
  put(std::move(after));
  return absl::OkStatus();
}

absl::StatusOr<ApiKey> Namespaces::renewKey(const std::string& name) {
  ApiKey api_key = ApiKey::random();
  const auto status = change(name, [&](Namespace& one) {
    api_key.uuid = one.uuid;
    one.key_sha256 = sha256(api_key.key);
  });
  if (!status.ok()) return status;
  log(LogLevel::Info, "key of a namespace renewed", {{"namespace", name}});
  return api_key;
}

absl::Status Namespaces::setLimits(const std::string& name, const NamespaceLimits& limits) {
  if (limits.concurrent_invocations.value_or(0) < 0 ||
      limits.invocations_per_minute.value_or(0) < 0) {
    return absl::InvalidArgumentError("A limit is a whole number, 0 or more.");
  }
  return change(name, [&](Namespace& one) { one.own_limits = limits; });
}

absl::Status Namespaces::remove(const std::string& name, WithActions with_actions) {
  std::lock_guard changing(changing_);
  const NamespacePtr gone = find(name);
  if (gone == nullptr) return noSuchNamespace(name);
  const auto removed = store_.deleteNamespace(gone->id, with_actions == WithActions::Yes);
  if (!removed.ok()) return removed.status();
  if (!*removed) {
    return absl::FailedPreconditionError(
        fmt::format("The namespace '{}' has actions: delete them first, or remove it with them.",
                    name));
  }
  {
    std::unique_lock lock(mutex_);
    by_name_.erase(name);
    by_uuid_.erase(gone->uuid);
  }
  log(LogLevel::Info, "namespace removed", {{"namespace", name}});
  return absl::OkStatus();
}

std::vector<NamespacePtr> Namespaces::list() const {
  std::shared_lock lock(mutex_);
  std::vector<NamespacePtr> all;
  for (const auto& [name, one] : by_name_) all.push_back(one);
  return all;
}

NamespacePtr Namespaces::find(const std::string& name) const {
  std::shared_lock lock(mutex_);
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : found->second;
}

NamespacePtr Namespaces::authenticate(const std::optional<ApiKey>& api_key) const {
  // Without an owner the key is compared as well, with what no key has for its hash.
  static const std::string kNobodys(64, '-');
  const std::string given = sha256(api_key ? api_key->key : "");
  NamespacePtr owner;
  {
    std::shared_lock lock(mutex_);
    const auto found = by_uuid_.find(api_key ? api_key->uuid : "");
    if (found != by_uuid_.end()) owner = found->second;
  }
  const bool is_right = equalInConstantTime(owner ? owner->key_sha256 : kNobodys, given);
  return is_right ? owner : nullptr;
}

InvocationLimits Namespaces::limitsOf(const Namespace& which) const {
  const InvocationLimits defaults = defaultLimits();
  return {which.own_limits.concurrent_invocations.value_or(defaults.concurrent),
          which.own_limits.invocations_per_minute.value_or(defaults.per_minute)};
}

InvocationLimits Namespaces::defaultLimits() const {
  std::shared_lock lock(mutex_);
  return default_limits_;
}

void Namespaces::setDefaultLimits(const InvocationLimits& limits) {
  std::unique_lock lock(mutex_);
  default_limits_ = limits;
}

}  // namespace owpool::daemon
