// What a run did, in numbers. Plain memory, so that the process that runs the
// episodes can share it with the one that watches.
#ifndef OWPOOL_SIMULATE_COUNTS_H_
#define OWPOOL_SIMULATE_COUNTS_H_

#include <array>
#include <cstdint>
#include <string>
#include <variant>

#include "owpool-simulate/operations.h"
#include "owpool/pool.h"

namespace owpool::simulate {

struct Counts {
  using Count = std::uint64_t;
  Count episodes = 0;
  Count steps = 0;             // Operations.
  Count idle_steps = 0;        // Those that found nothing to act on.
  Count pool_calls = 0;
  Count invariant_checks = 0;  // Calls of Pool::checkInvariants().
  Count virtual_seconds = 0;

  // Answers of the world, by call and outcome, and those not given as they should be.
  std::array<std::array<Count, kOutcomeCount>, kCallKindCount> answered{};
  std::array<Count, kCallKindCount> dropped{};
  std::array<Count, kCallKindCount> late{};
  std::array<Count, kCallKindCount> again{};
  std::array<Count, kLifePhaseCount> died{};
  std::array<Count, kLifePhaseCount> vanished{};
  Count lying_probes = 0;
  Count addresses_taken = 0;
  Count arrived_again = 0;
  Count unknown = 0;
  Count bursts = 0;
  Count clock_jumps = 0;
  Count shutdowns = 0;

  std::array<Count, std::variant_size_v<Event>> events{};  // By index.
  Count answered_with_result = 0;
  Count answered_with_error = 0;
  std::array<Count, 4> refused{};  // By RefusalReason.
  std::array<Count, 7> placed{};   // By StartKind.
  // By RemovalCause; each attempt.
  std::array<Count, std::tuple_size_v<decltype(PoolStats::removed_total)>> removed{};
  Count stem_cells_started = 0;
  Count prewarm_changes = 0;  // PrewarmsChecked.
  Count bypassed = 0;
  Count rescheduled = 0;
  Count ignored_events = 0;
};

// The table at the end of a run.
std::string textOf(const Counts& counts);

}  // namespace owpool::simulate

#endif  // OWPOOL_SIMULATE_COUNTS_H_
