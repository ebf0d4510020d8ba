// A world without containers: it remembers what the pool asked for and what its
// containers would be doing, and makes up the answers it is told to give.
#ifndef OWPOOL_SIMULATE_WORLD_H_
#define OWPOOL_SIMULATE_WORLD_H_

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "owpool-simulate/counts.h"
#include "owpool-simulate/operations.h"
#include "owpool/pool_events.h"

namespace owpool::simulate {

// An effect that waits for its answer.
struct Call {
  CallKind kind = CallKind::Any;
  ContainerId id;
  ActivationId activation;    // Of a run.
  bool result_known = false;  // Of a run: ResultKnown was said.
  Outcome outcome = Outcome::Well;  // Of one that was answered.
};

class World {
 public:
  // Containers come up at "address_count" addresses in turn; 0: at none.
  World(std::uint64_t address_count, Counts& counts)
      : address_count_(address_count), counts_(counts) {}

  void take(const Effect& effect);

  // Each of these returns nullopt if there is nothing to act on.

  // An open call is answered. The truth may differ from "wished": what is dead
  // does not do well.
  std::optional<Event> answer(CallKind kind, std::uint32_t which, Outcome wished);
  // One that was dropped is answered, whether the pool still waits or not.
  std::optional<Event> answerLate(std::uint32_t which, Outcome wished);
  // An answered one is answered again, perhaps otherwise.
  std::optional<Event> answerAgain(std::uint32_t which, Outcome outcome);
  std::optional<Event> die(LifePhase phase, std::uint32_t which);

  bool drop(CallKind kind, std::uint32_t which);
  bool vanish(LifePhase phase, std::uint32_t which);
  bool hasOpenCalls() const;

  // From now on every container comes up at an address of its own.
  void keepAddressesApart() { are_addresses_apart_ = true; }

 private:
  enum class Pause { No, Pausing, Paused, Resuming };
  struct Container {
    std::size_t living_index = 0;  // Valid iff is_living.
    bool is_living = false;
    bool is_dead = false;  // Living for the pool, which has to remove it.
    bool is_started = false;
    bool is_initializing = false;
    bool is_initialized = false;
    bool is_doomed = false;  // Something failed: the pool will give it up.
    bool is_removing = false;
    bool has_open_removal = false;
    int runs = 0;
    Pause pause = Pause::No;
  };

  Container& of(ContainerId id);
  LifePhase phaseOf(const Container& container) const;
  std::optional<ContainerId> livingIn(LifePhase phase, std::uint32_t which);
  void bury(ContainerId id);
  void open(CallKind kind, ContainerId id, ActivationId activation = {});
  std::optional<Call> pick(CallKind kind, std::uint32_t which);
  Outcome truthOf(const Call& call, Outcome wished);
  Event eventOf(const Call& call, Outcome outcome) const;
  // What the answer makes of the container.
  void settle(const Call& call, Outcome outcome);
  Event settledEvent(Call call, Outcome wished);
  void takeAddress(ContainerId id);
  std::uint64_t addressOf(ContainerId id) const;
  bool isAskedAnew(const Call& call) const;

  std::uint64_t address_count_;
  bool are_addresses_apart_ = false;
  Counts& counts_;
  std::vector<Container> containers_;  // By id.
  std::vector<ContainerId> living_;
  std::array<std::vector<Call>, kCallKindCount> open_;
  std::vector<Call> dropped_;
  std::vector<Call> answered_;  // The last few.
  std::size_t next_answered_ = 0;
  absl::flat_hash_map<std::uint64_t, ContainerId> by_address_;
};

}  // namespace owpool::simulate

#endif  // OWPOOL_SIMULATE_WORLD_H_
