// The activations that wait for a container, in the order in which they are tried.
#ifndef OWPOOL_CORE_RUN_BUFFER_H_
#define OWPOOL_CORE_RUN_BUFFER_H_

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/container/flat_hash_map.h"
#include "core/action_hash.h"
#include "owpool/activation.h"
#include "owpool/pool_config.h"

namespace owpool::internal {

class RunBuffer {
 public:
  // The number of its arrival: smaller is earlier. Given by the caller, once for each
  // activation, so that one that is put back is where it was.
  using Order = std::uint64_t;

  explicit RunBuffer(const PoolConfig& config);

  void insert(const Activation& activation, Order order, TimePoint arrived);
  void erase(const Activation& activation, Order order);

  // Who is tried next; nullopt if nobody waits. In order of arrival; with
  // BlockingFirst a non-blocking activation yields to blocking ones until it has
  // waited for nonblocking_age_max, then it has the place that its arrival gives it.
  std::optional<ActivationId> head(TimePoint now) const;
  // True iff an activation that arrives now would be the head.
  bool wouldBeHead(InvocationMode mode, TimePoint now) const;
  // When head() may change although nobody comes or goes.
  std::optional<TimePoint> nextChange(TimePoint now) const;

  // The first of those that wait for "key"; nullopt if nobody does. REQUIRES: the
  // discipline is WarmBypass.
  std::optional<ActivationId> firstOf(const ActionKey& key) const;

  std::size_t size() const { return queues_[0].size() + queues_[1].size(); }
  bool empty() const { return size() == 0; }
  ByteSize memory() const { return memory_; }  // What they would need, in all.
  std::optional<TimePoint> oldestArrival() const;  // Nullopt if nobody waits.

  // Everyone, blocking ones first, each in order.
  std::vector<ActivationId> all() const;

 private:
  struct Entry {
    ActivationId id;
    TimePoint arrived;
  };
  using Queue = absl::btree_map<Order, Entry>;

  Queue& queueOf(InvocationMode mode) { return queues_[static_cast<std::size_t>(mode)]; }
  bool hasAged(const Entry& entry, TimePoint now) const;

  const BlockingPriority priority_;
  const Duration nonblocking_age_max_;
  const bool knows_actions_;
  std::array<Queue, 2> queues_;  // By InvocationMode.
  absl::flat_hash_map<ActionPtr, absl::btree_map<Order, ActivationId>, ActionKeyHash,
                      ActionKeyEqual>
      by_action_;                // Empty unless the discipline is WarmBypass.
  ByteSize memory_;
};

}  // namespace owpool::internal

#endif  // OWPOOL_CORE_RUN_BUFFER_H_
