// The part of the store that has activations.
#include <algorithm>
#include <chrono>
#include <utility>

#include "fmt/format.h"
#include "owpoold/records/store.h"

namespace owpool::daemon {
namespace {

// So many are deleted with one insertion: more than are inserted, and few enough
// that nobody waits long.
constexpr std::int64_t kTrimBatch = 100;
constexpr std::int64_t kTrimIntervalMs = 60000;

ActivationRecord readActivation(const Database::Statement& row, const NamespaceId& owner) {
  ActivationRecord record;
  record.owner = owner;
  record.id = row.text(0);
  record.path = row.text(1);
  record.name = row.text(2);
  record.version = row.text(3);
  record.start_ms = row.integer(4);
  record.end_ms = row.integer(5);
  record.duration_ms = row.integer(6);
  record.status = static_cast<ActivationStatus>(row.integer(7));
  record.result = row.text(8);
  record.logs = row.text(9);
  record.annotations = row.text(10);
  return record;
}

}  // namespace

// Since when an activation must have started to be found.
std::int64_t Store::oldestStart() const {
  return unix_millis_() -
         std::chrono::duration_cast<std::chrono::milliseconds>(retention_.age_max).count();
}

// Deletes some of what is too many, and now and then of what is too old. Numbers
// rise as activations end, so that the oldest are found at the front of the table.
absl::Status Store::trimActivations() {
  absl::Status status = statements_.trim_by_count.bind(1, retention_.activations_max)
                            .bind(2, kTrimBatch).run();
  const std::int64_t now = unix_millis_();
  const bool is_due = now >= next_trim_ms_ || now < next_trim_ms_ - kTrimIntervalMs;
  if (!status.ok() || !is_due) return status;
  status = statements_.trim_by_age.bind(1, oldestStart()).bind(2, kTrimBatch).run();
  // There may be more to do than one batch.
  next_trim_ms_ = database_->changes() < kTrimBatch ? now + kTrimIntervalMs : now;
  return status;
}

void Store::setRetention(Retention retention) {
  std::lock_guard lock(mutex_);
  retention_ = retention;
  next_trim_ms_ = 0;
}

absl::Status Store::insertActivation(const ActivationRecord& record) {
  std::lock_guard lock(mutex_);
  auto& statement = statements_.insert_activation;
  statement.bind(1, record.id).bind(2, record.path).bind(3, record.name).bind(4, record.version);
  statement.bind(5, record.start_ms).bind(6, record.end_ms).bind(7, record.duration_ms);
  statement.bind(8, static_cast<std::int64_t>(record.status)).bind(9, record.result);
  statement.bind(10, record.logs).bind(11, record.annotations).bind(12, record.owner.number);
  if (auto status = statement.run(); !status.ok()) return status;
  return trimActivations();
}

absl::StatusOr<std::optional<ActivationRecord>> Store::findActivation(const NamespaceId& owner,
                                                                      const std::string& id) {
  std::lock_guard lock(mutex_);
  auto& statement = statements_.find_activation;
  statement.bind(1, id).bind(2, owner.number).bind(3, oldestStart());
  const auto has_row = statement.step();
  if (!has_row.ok()) return has_row.status();
  if (!*has_row) return std::optional<ActivationRecord>();
  std::optional<ActivationRecord> record = readActivation(statement, owner);
  statement.reset();
  return record;
}

void Store::bindQuery(Database::Statement& statement, const NamespaceId& owner,
                      const ActivationQuery& query) const {
  statement.bind(1, owner.number);
  statement.bind(2, std::max(query.since_ms, oldestStart())).bind(3, query.upto_ms);
  if (query.path) {
    statement.bind(4, *query.path);
  } else {
    statement.bindNull(4);
  }
}

absl::StatusOr<std::vector<ActivationRecord>> Store::listActivations(const NamespaceId& owner,
                                                                     const ActivationQuery& query,
                                                                     Page page, Content content) {
  std::lock_guard lock(mutex_);
  auto& statement = statements_.list_activations;
  bindQuery(statement, owner, query);
  statement.bind(5, page.limit).bind(6, page.skip);
  statement.bind(7, std::int64_t{content == Content::Whole});
  std::vector<ActivationRecord> records;
  std::size_t size = 0;
  for (;;) {
    const auto has_row = statement.step();
    if (!has_row.ok()) return has_row.status();
    if (!*has_row) return records;
    records.push_back(readActivation(statement, owner));
    size += records.back().result.size() + records.back().logs.size();
    if (records.size() > 1 && size > static_cast<std::size_t>(kContentMax.count())) {
      statement.reset();
      return absl::ResourceExhaustedError(
          fmt::format("These activations are larger than {} bytes together: ask for fewer with "
                      "'limit'.", kContentMax.count()));
    }
  }
}

absl::StatusOr<std::int64_t> Store::countActivations(const NamespaceId& owner,
                                                     const ActivationQuery& query) {
  std::lock_guard lock(mutex_);
  bindQuery(statements_.count_activations, owner, query);
  return statements_.count_activations.count();
}

}  // namespace owpool::daemon
