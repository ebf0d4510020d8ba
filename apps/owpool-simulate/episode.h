// One pool in one world: an operation after the other, then rest, then shutdown.
#ifndef OWPOOL_SIMULATE_EPISODE_H_
#define OWPOOL_SIMULATE_EPISODE_H_

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>

#include "owpool-simulate/checker.h"
#include "owpool-simulate/counts.h"
#include "owpool-simulate/plan.h"
#include "owpool-simulate/sabotage.h"
#include "owpool-simulate/world.h"
#include "owpool/pool.h"

namespace owpool::simulate {

struct EpisodeOptions {
  // Pool::checkInvariants() is called after each n-th operation, and at the end.
  std::uint64_t check_every = 1;
  SabotageKind sabotage = SabotageKind::None;
  std::FILE* trace = nullptr;  // Operations, events and effects are written there.
};

class Episode {
 public:
  // "setting" and "counts" must outlive it.
  Episode(const Setting& setting, const EpisodeOptions& options, Counts& counts);

  // What is wrong with the pool, or "". A broken invariant of the pool itself
  // aborts the process. "at" is kept at the number of operations begun. Once.
  std::string run(const Operations& operations, std::uint64_t& at);

 private:
  bool isOfUse() const;
  void apply(const Operation& operation);
  bool arrive(std::uint32_t which, std::uint32_t count);
  bool arriveAgain(std::uint32_t which);
  bool advance(TimePoint to);
  bool shutDown(Duration drain_time);
  bool send(std::optional<Event> event);
  Event unknownEvent(std::uint32_t which) const;
  // Everything is answered well from now on, until the pool is at rest.
  void comeToRest(const char* what);

  void take(const Effects& effects);
  void check(const Effects& effects);
  void count(const Effect& effect);
  void compareAccounts();
  void compareSlowly();
  void require(bool holds, const char* rule);

  const Setting& setting_;
  const EpisodeOptions options_;
  Counts& counts_;
  Pool pool_;
  World world_;
  Checker checker_;
  Sabotage sabotage_;
  TimePoint now_{std::chrono::hours(1)};
  std::uint64_t last_activation_ = 0;
  bool is_shutting_down_ = false;
  std::string violation_;
};

}  // namespace owpool::simulate

#endif  // OWPOOL_SIMULATE_EPISODE_H_
