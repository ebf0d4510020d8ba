// What is remembered of containers, of the actions that they served, and of stem cells: the
// part of the decision log that asks "what became of it?". Not thread-safe.
#ifndef OWPOOLD_ADMIN_CONTAINER_LOG_H_
#define OWPOOLD_ADMIN_CONTAINER_LOG_H_

#include <cstddef>
#include <list>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "owpool/scheduling.h"
#include "owpoold/admin/activation_story.h"

namespace owpool::daemon {

// Stem cells of one kind and memory.
struct StemCells {
  RuntimeKind runtime;
  ByteSize memory;
  int wanted = 0;
  int starting = 0;
  int ready = 0;
};

// An action, all its revisions.
struct ActionHistory {
  ActionFactsPtr newest;  // The revision last seen.
  ContainerLifePtr last;  // The container of which there was news last; null: never one.
  std::vector<ContainerId> living;  // Not ordered to go.
};

class ContainerLog {
 public:
  // The least recently used actions beyond "histories_max" are forgotten.
  ContainerLog(const std::vector<PrewarmConfig>& prewarms, std::size_t histories_max);

  struct Living {
    ContainerLifePtr life;
    absl::InlinedVector<ActivationId, 1> assigned;  // And not ended.
  };

  // Notes that the action was used, in this revision; the facts of that.
  ActionFactsPtr used(const Action& action);
  // Null if it was never used, or is forgotten. Valid until the next call of used().
  ActionHistory* historyOf(const ActionKey& key);
  // No action was forgotten so far.
  bool remembersAll() const { return !histories_forgotten_; }

  // Null if it is not known, or gone.
  Living* find(ContainerId id);
  // A new container, for an action or, if that is null, as a stem cell.
  Living& add(ContainerId id, const std::string& kind, ByteSize memory,
              const ActionFactsPtr& action, TimePoint now);
  // It belongs to an action from now on.
  void bind(Living& living, const ActionFactsPtr& action);
  void started(ContainerId id, std::string address, TimePoint now);
  // Its removal was ordered. The first cause counts.
  void removalOrdered(ContainerId id, RemovalCause cause, TimePoint now);
  void gone(ContainerId id);
  // One that was evicted and not asked for before, though it may be gone; else null. Of
  // those that nobody asks for the newest are kept.
  ContainerLifePtr takeEvicted(ContainerId id);

  // Why no stem cell was taken for the action.
  StemCellMiss missOf(const ActionFacts& action) const;
  void wants(const RuntimeKind& runtime, ByteSize memory, int count);
  const std::vector<StemCells>& stemCells() const { return stem_cells_; }

  // Linear in the containers.
  MemoryHolders holders() const;
  std::vector<ContainerLife> living() const;  // Copies.

 private:
  using Name = std::pair<std::string, std::string>;  // Namespace and name.
  using NameView = std::pair<std::string_view, std::string_view>;
  struct HashName {
    using is_transparent = void;
    std::size_t operator()(NameView name) const { return absl::HashOf(name.first, name.second); }
    std::size_t operator()(const Name& name) const { return (*this)(NameView(name)); }
  };
  struct EqualName {
    using is_transparent = void;
    bool operator()(NameView a, NameView b) const { return a == b; }
  };
  using Histories = std::list<std::pair<Name, ActionHistory>>;  // The last used first.

  StemCells* stemCellsOf(const ContainerLife& life);

  const std::size_t histories_max_;
  bool histories_forgotten_ = false;
  Histories histories_;
  absl::flat_hash_map<Name, Histories::iterator, HashName, EqualName> by_name_;
  absl::flat_hash_map<ContainerId, Living> living_;
  std::map<ContainerId, ContainerLifePtr> evicted_;
  std::vector<StemCells> stem_cells_;  // A handful.
};

}  // namespace owpool::daemon

#endif  // OWPOOLD_ADMIN_CONTAINER_LOG_H_
