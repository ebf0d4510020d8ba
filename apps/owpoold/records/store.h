// Where actions and activations are kept: DIR/owpoold.db.
#ifndef OWPOOLD_RECORDS_STORE_H_
#define OWPOOLD_RECORDS_STORE_H_

#include <cstdint>
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

namespace owpool::daemon {

struct Page {
  std::int64_t limit = 30;
  std::int64_t skip = 0;
};

struct ActivationQuery {
  std::optional<std::string> path;  // Of the action.
  std::int64_t since_ms = 0;        // Both ends belong to it.
  std::int64_t upto_ms = std::numeric_limits<std::int64_t>::max();
};

// Thread-safe. Absence is nullopt or false, an error is the database's.
class Store {
 public:
  // Of activations only the newest "activations_max" are kept.
  static absl::StatusOr<std::unique_ptr<Store>> open(const std::string& path,
                                                     std::int64_t activations_max = 100000);

  absl::StatusOr<std::optional<ActionRecord>> findAction(const std::string& package,
                                                         const std::string& name);
  // False: it was there already; nothing is changed.
  absl::StatusOr<bool> insertAction(const ActionRecord& record);
  // False: the action of that name is gone or is not of this revision any more;
  // nothing is changed.
  absl::StatusOr<bool> replaceAction(const ActionRecord& record, const std::string& revision);
  // False: it was gone already.
  absl::StatusOr<bool> deleteAction(const std::string& package, const std::string& name);
  // The most recently updated first. Without code.
  absl::StatusOr<std::vector<ActionRecord>> listActions(Page page);
  absl::StatusOr<std::int64_t> countActions();

  absl::Status insertActivation(const ActivationRecord& record);
  absl::StatusOr<std::optional<ActivationRecord>> findActivation(const std::string& id);
  // The newest first. Brief: without result and logs, which may be large.
  enum class Content { Brief, Whole };
  absl::StatusOr<std::vector<ActivationRecord>> listActivations(const ActivationQuery& query,
                                                                Page page, Content content);
  absl::StatusOr<std::int64_t> countActivations(const ActivationQuery& query);

 private:
  Store() = default;
  absl::Status prepareSchema(const std::string& path);
  absl::Status prepareStatements();

  std::mutex mutex_;
  std::int64_t activations_max_ = 0;
  std::unique_ptr<Database> database_;
  // Finalised before the connection closes.
  struct Statements {
    Database::Statement find_action, insert_action, replace_action, delete_action, list_actions,
        count_actions, insert_activation, trim_activations, find_activation, list_activations,
        count_activations;
  } statements_;
};

}  // namespace owpool::daemon

#endif  // OWPOOLD_RECORDS_STORE_H_
