// What explains why an activation got the container that it got. Plain values.
#ifndef OWPOOLD_ADMIN_ACTIVATION_STORY_H_
#define OWPOOLD_ADMIN_ACTIVATION_STORY_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "owpool/pool_events.h"

namespace owpool::daemon {

// What decisions depend on of one revision of an action. Not the Action itself, whose
// code may be megabytes.
struct ActionFacts {
  ActionKey key;
  std::string version;
  std::string kind;
  ByteSize memory;
  int concurrency_max = 1;
};
using ActionFactsPtr = std::shared_ptr<const ActionFacts>;

// A container from its start to its end.
struct ContainerLife {
  struct Removal {
    RemovalCause cause = RemovalCause::Evicted;
    TimePoint ordered;
    Duration unused{};  // Since it was last used, if it ever was, else since it started.
    // For whom it was evicted. Known only once that one has got its own container.
    std::optional<ActivationId> evicted_for;
    ActionFactsPtr evicted_for_action;
  };

  ContainerId id;
  std::string kind;
  ByteSize memory;
  bool was_stem_cell = false;
  ActionFactsPtr action;  // Null while it is a stem cell.
  std::string address;    // Empty until it has started.
  TimePoint created;
  std::optional<TimePoint> started;
  std::optional<TimePoint> init_began, init_ended;
  enum class InitOutcome { Taken, Failed, NotDelivered };
  InitOutcome init_outcome = InitOutcome::Taken;  // Once init_ended is set.
  TimePoint last_used;  // Given an activation, or ended one.
  std::optional<Removal> removal;
};
using ContainerLifePtr = std::shared_ptr<ContainerLife>;

// Why a container was started although there are stem cells.
enum class StemCellMiss {
  None,         // One was taken, or none was needed.
  NoneOfKind,   // No stem cells of its kind are kept.
  OtherMemory,  // They are, but with other memory.
  NoneWanted,   // They are, of the very memory, but at the time none were called for.
  NoneReady,    // All were taken, or are being started.
};
std::string_view stemCellMissName(StemCellMiss miss);

// What held the memory when an activation found none.
struct MemoryHolders {
  int busy_count = 0;  // Containers with activations.
  ByteSize busy_memory;
  ActionFactsPtr most_frequent;  // The action that most of these belong to; may be null.
  int most_frequent_count = 0;
};

struct WaitNote {
  TimePoint at;  // Since then for this reason; the rest is as it was told last.
  WaitReason reason = WaitReason::Memory;
  int buffered_count = 0;
  MemoryHolders holders;  // Set iff the reason is Memory.
};

// One container that an activation was given to. There are several if it could not be
// delivered to the first.
struct Placement {
  TimePoint at;
  ContainerLifePtr container;
  StartKind start = StartKind::Warmed;
  WarmMiss warm_miss = WarmMiss::None;
  Duration waited{};
  std::optional<WaitReason> waited_for;
  std::vector<ContainerLifePtr> evicted;

  // If it did not run warm:
  ContainerLifePtr previous;   // The action's last one, of whatever revision; null: none known.
  bool remembers_all = true;   // False: there may have been one that is forgotten.
  int sibling_count = 0;       // Living containers of the same revision.
  StemCellMiss stem_cell_miss = StemCellMiss::None;

  std::optional<TimePoint> resume_ordered, resumed;
  std::optional<TimePoint> run_began, run_ended;
  std::optional<TimePoint> given_up;  // It went back to those that wait.
};

struct ActivationStory {
  enum class AnswerKind { Result, Error, Refused };
  struct Answer {
    TimePoint at;
    AnswerKind kind = AnswerKind::Result;
    std::string error;              // JSON; of Error.
    std::optional<RefusalReason> refused;
  };

  ActivationId id;
  ActionFactsPtr action;
  InvocationMode mode = InvocationMode::Blocking;
  TimePoint arrived;
  int waiting_before = 0;  // Activations that waited when it arrived,
  std::optional<WaitReason> first_waited_for;  // and what the first of them waited for.
  std::vector<WaitNote> waits;
  int waits_dropped = 0;        // Only the last few are kept, of these
  std::vector<Placement> placements;
  int placements_dropped = 0;   // and of those.
  std::optional<Answer> answer;
};

}  // namespace owpool::daemon

#endif  // OWPOOLD_ADMIN_ACTIVATION_STORY_H_
