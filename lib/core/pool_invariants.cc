// The slow check of everything, for tests. The numbers are those of the list of
// invariants in docs/design.md.
#include "core/pool_impl.h"

namespace owpool {

void Pool::Impl::checkInvariants() const {
  table_.checkInvariants();                                // 7
  OWPOOL_ASSERT(memoryConsumptionOf(table_, config_.memory_accounting) <=  // 1
                config_.user_memory);
  OWPOOL_ASSERT(records_.size() == table_.size());

  std::size_t assigned_count = 0;
  std::size_t deadline_count = 0;
  int start_count = 0;
  for (const ContainerData& data : table_) {
    const Record& record = records_.at(data.id);
    const Action* action = actionOf(data);
    OWPOOL_ASSERT(static_cast<int>(record.activations.size()) == activeCountOf(data));
    OWPOOL_ASSERT(action == nullptr || activeCountOf(data) <= action->concurrency_max);  // 2
    assigned_count += record.activations.size();

    const auto* warmed = std::get_if<Warmed>(&data.state);
    const bool is_running = warmed != nullptr && warmed->phase == WarmPhase::Running;
    const bool is_draining = std::holds_alternative<Draining>(data.state);
    for (const ActivationId id : record.activations) {
      const ActivationRecord& run = activations_.at(id);
      OWPOOL_ASSERT(run.container == data.id && run.phase != Phase::Buffered);
      OWPOOL_ASSERT(run.activation.action->key == action->key);  // 3
      OWPOOL_ASSERT(is_draining || (run.phase == Phase::Assigned) == !is_running);
    }
    if (warmed != nullptr) {
      const bool is_resting =
          warmed->phase == WarmPhase::Ready || warmed->phase == WarmPhase::Paused;
      OWPOOL_ASSERT(!is_resting || warmed->active_count == 0);
      OWPOOL_ASSERT(!is_running || warmed->active_count > 0);
    }
    // Whatever waits for the world has a time at which the pool gives up.
    OWPOOL_ASSERT(record.call == Call::None || record.deadline.has_value());
    OWPOOL_ASSERT(activeCountOf(data) == 0 || record.deadline.has_value());
    OWPOOL_ASSERT(!record.deadline || deadlines_.contains({*record.deadline, data.id}));
    deadline_count += record.deadline ? 1 : 0;
    start_count += record.call == Call::Start ? 1 : 0;
    if (!record.address.empty()) OWPOOL_ASSERT(by_address_.at(record.address) == data.id);  // 3
  }
  OWPOOL_ASSERT(deadlines_.size() == deadline_count);

  OWPOOL_ASSERT(starts_in_flight_ == start_count);
  OWPOOL_ASSERT(starts_in_flight_ <= config_.starts_in_flight_max);

  ByteSize buffered_memory;
  for (const ActivationId id : buffer_.all()) {
    const ActivationRecord& record = activations_.at(id);
    OWPOOL_ASSERT(record.phase == Phase::Buffered);
    buffered_memory += record.activation.action->memory;
  }
  OWPOOL_ASSERT(buffered_memory == buffer_.memory());  // 7
  OWPOOL_ASSERT(activations_.size() == buffer_.size() + assigned_count);

  int unanswered_count = 0;
  for (const auto& [id, record] : activations_) {
    OWPOOL_ASSERT(record.activation.id == id);
    unanswered_count += record.phase == Phase::Answered ? 0 : 1;
  }
  OWPOOL_ASSERT(unanswered_count == unanswered_count_);
  OWPOOL_ASSERT(counters_.arrived_total ==  // 4
                counters_.answered_with_result_total + counters_.answered_with_error_total +
                    counters_.refused_total + static_cast<std::uint64_t>(unanswered_count));

  checkNobodyWaitsInVain();
}

// 6. Right after a call the head cannot be placed, nor can anybody that may overtake it.
void Pool::Impl::checkNobodyWaitsInVain() const {
  if (buffer_.empty()) return;
  const Action& head = *activations_.at(*buffer_.head(now_)).activation.action;
  OWPOOL_ASSERT(!schedule(table_, head.key).has_value());
  const bool may_start = starts_in_flight_ < config_.starts_in_flight_max ||
                         table_.oldestPrewarmed(head.runtime, head.memory) != nullptr;
  OWPOOL_ASSERT(!may_start || !hasPoolSpaceFor(table_, head.memory, config_.user_memory,
                                               config_.memory_accounting));
  if (!mayBypassHead()) return;
  for (const ActivationId id : buffer_.all()) {
    OWPOOL_ASSERT(!schedule(table_, activations_.at(id).activation.action->key).has_value());
  }
}

}  // namespace owpool
