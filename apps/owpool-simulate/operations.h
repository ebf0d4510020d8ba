// What happens to the pool in a simulation, as values. An episode is a list of
// them, made before it runs: so a list that fails can be replayed and shortened.
// An operation that finds nothing to act on does nothing.
#ifndef OWPOOL_SIMULATE_OPERATIONS_H_
#define OWPOOL_SIMULATE_OPERATIONS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "owpool/units.h"

namespace owpool::simulate {

enum class OperationKind {
  Arrive,             // An activation of action "which".
  Burst,              // "count" activations of action "which".
  ArriveAgain,        // One that the pool has, under the same id.
  Answer,             // An open call is answered.
  Drop,               // An open call gets no answer, unless a late one.
  AnswerLate,         // A dropped call is answered after all.
  AnswerAgain,        // An answered call is answered once more.
  Unknown,            // An event about a container that never was.
  Die,                // A container dies, and the pool is told.
  Vanish,             // A container dies, and nobody says so.
  Advance,            // The clock moves by "time".
  AdvanceToDeadline,  // The clock moves to the pool's next deadline.
  ShutDown,           // With "time" to drain.
};
inline constexpr std::size_t kOperationKindCount = 13;

// The effects that are answered.
enum class CallKind { Start, Init, Run, Pause, Resume, Remove, Probe, Any };
inline constexpr std::size_t kCallKindCount = 7;  // Without Any.

enum class Outcome {
  Well,
  Badly,        // It failed; of a run: it ended, and its container is broken.
  Undelivered,  // An init or a run was never received; else as Badly.
  ResultFirst,  // A run's result is known, its end comes later; else as Well.
};
inline constexpr std::size_t kOutcomeCount = 4;

// The life of a container as the world sees it.
enum class LifePhase {
  Starting, Prewarmed, Initializing, Idle, Busy, Pausing, Paused, Resuming, Draining, Removing, Any,
};
inline constexpr std::size_t kLifePhaseCount = 10;  // Without Any.

// "which" counts among those there are, modulo their number. Fields that its kind
// does not name mean nothing.
struct Operation {
  OperationKind kind = OperationKind::AdvanceToDeadline;
  CallKind call = CallKind::Any;
  Outcome outcome = Outcome::Well;
  LifePhase phase = LifePhase::Any;
  std::uint32_t which = 0;
  std::uint32_t count = 0;
  Duration time{};
  friend bool operator==(const Operation&, const Operation&) = default;
};
using Operations = std::vector<Operation>;

std::string_view callKindName(CallKind kind);
std::string_view lifePhaseName(LifePhase phase);

// "answer run 3 badly": words between spaces. Operations are parted by ", ".
std::string textOf(const Operation& operation);
std::string textOf(const Operations& operations);

// Reads what textOf() wrote. InvalidArgument that quotes what is not understood.
absl::StatusOr<Operations> parseOperations(std::string_view text);

}  // namespace owpool::simulate

#endif  // OWPOOL_SIMULATE_OPERATIONS_H_
