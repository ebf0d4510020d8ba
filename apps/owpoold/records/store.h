// Where namespaces, actions and activations are kept: DIR/owpoold.db.
#ifndef OWPOOLD_RECORDS_STORE_H_
#define OWPOOLD_RECORDS_STORE_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "owpoold/records/action_record.h"
#include "owpoold/records/activation_record.h"
#include "owpoold/records/database.h"
#include "owpoold/records/namespace_record.h"

namespace owpool::daemon {

struct Page {
  std::int64_t limit = 30;
  std::int64_t skip = 0;
};

// A page that has all.
inline constexpr Page kEverything{std::numeric_limits<std::int64_t>::max(), 0};

struct PackageRecord {
  std::string name;
  std::int64_t updated_ms = 0;  // When the last of its actions was.
};

struct ActivationQuery {
  std::optional<std::string> path;  // Of the action.
  std::int64_t since_ms = 0;        // Both ends belong to it.
  std::int64_t upto_ms = std::numeric_limits<std::int64_t>::max();
};

// How long activations are kept.
struct Retention {
  std::int64_t activations_max = 100000;  // Of all namespaces together: the newest.
  Duration age_max = std::chrono::hours(30 * 24);  // Since the start.
};

// Thread-safe. Absence is nullopt or false, an error is the database's. Whoever asks
// for a namespace's actions or activations sees those of no other.
class Store {
 public:
  // "unix_millis" is the wall clock, by which activations age. A database that
  // is damaged, of a newer owpoold or not ours is refused: FAILED_PRECONDITION with
  // its path. One of an older owpoold is brought up to date.
  static absl::StatusOr<std::unique_ptr<Store>> open(
      const std::string& path, std::function<std::int64_t()> unix_millis, Retention retention = {});
  // Whether open() would do, with the same errors. Makes no file and changes no record.
  static absl::Status check(const std::string& path);

  // By name.
  absl::StatusOr<std::vector<NamespaceRecord>> listNamespaces();
  // Its number. REQUIRES: name and uuid are of no other.
  absl::StatusOr<std::int64_t> insertNamespace(const NamespaceRecord& record);
  // Its key and its limits.
  absl::Status updateNamespace(const NamespaceRecord& record);
  // Takes its actions along, if "with_actions"; false: it has actions, nothing is
  // changed. Its activations are kept like others; nobody can ask for them any more.
  absl::StatusOr<bool> deleteNamespace(const NamespaceId& owner, bool with_actions);

  absl::StatusOr<std::optional<ActionRecord>> findAction(const NamespaceId& owner,
                                                         const std::string& package,
                                                         const std::string& name);
  // False: it was there already, or its namespace is not; nothing is changed.
  absl::StatusOr<bool> insertAction(const ActionRecord& record);
  // False: the action of that name is gone or is not of this revision any more;
  // nothing is changed.
  absl::StatusOr<bool> replaceAction(const ActionRecord& record, const std::string& revision);
  // False: it is gone or not of this revision any more; nothing is changed.
  absl::StatusOr<bool> deleteAction(const NamespaceId& owner, const std::string& package,
                                    const std::string& name, const std::string& revision);
  // The most recently updated first. Without code and parameters.
  absl::StatusOr<std::vector<ActionRecord>> listActions(const NamespaceId& owner, Page page);
  absl::StatusOr<std::int64_t> countActions(const NamespaceId& owner);
  // A package is what stands before the names of actions, and there while one is. By name.
  absl::StatusOr<std::vector<PackageRecord>> listPackages(const NamespaceId& owner, Page page);
  // Like listActions(); none if there is no such package.
  absl::StatusOr<std::vector<ActionRecord>> listPackageActions(const NamespaceId& owner,
                                                               const std::string& package,
                                                               Page page);

  // What is older than the retention allows is not found, counted or listed, though it
  // may stand in the file until the next activation is inserted.
  void setRetention(Retention retention);
  // Whether something could be written now: writes the file's first page as it is.
  absl::Status checkWritable();

  absl::Status insertActivation(const ActivationRecord& record);
  absl::StatusOr<std::optional<ActivationRecord>> findActivation(const NamespaceId& owner,
                                                                 const std::string& id);
  // The newest first. Brief: without result and logs, which may be large. Whole is
  // RESOURCE_EXHAUSTED if there is more than kContentMax in several records.
  enum class Content { Brief, Whole };
  static constexpr ByteSize kContentMax = ByteSize::mebibytes(64);
  absl::StatusOr<std::vector<ActivationRecord>> listActivations(const NamespaceId& owner,
                                                                const ActivationQuery& query,
                                                                Page page, Content content);
  absl::StatusOr<std::int64_t> countActivations(const NamespaceId& owner,
                                                const ActivationQuery& query);

 private:
  explicit Store(std::function<std::int64_t()> unix_millis)
      : unix_millis_(std::move(unix_millis)) {}
  // All of these want the lock.
  absl::Status prepareStatements();
  absl::Status trimActivations();
  std::int64_t oldestStart() const;
  void bindQuery(Database::Statement& statement, const NamespaceId& owner,
                 const ActivationQuery& query) const;

  const std::function<std::int64_t()> unix_millis_;
  std::mutex mutex_;
  Retention retention_;
  std::int64_t next_trim_ms_ = 0;
  std::unique_ptr<Database> database_;
  // Finalised before the connection closes.
  struct Statements {
    Database::Statement list_namespaces, insert_namespace, update_namespace, delete_namespace,
        delete_namespace_actions, find_action, insert_action, replace_action, delete_action,
        list_actions, list_packages, list_package_actions, count_actions, insert_activation,
        trim_by_count, trim_by_age, find_activation, list_activations, count_activations;
  } statements_;
};

}  // namespace owpool::daemon

#endif  // OWPOOLD_RECORDS_STORE_H_
