// Faults of the pool itself, made up: what it is told and what it does is
// falsified on the way to the checker, to prove that the checker would notice.
#ifndef OWPOOL_SIMULATE_SABOTAGE_H_
#define OWPOOL_SIMULATE_SABOTAGE_H_

#include <optional>
#include <string_view>

#include "owpool/pool_events.h"

namespace owpool::simulate {

enum class SabotageKind {
  None,
  LoseAnswer,        // An activation is never answered.
  AnswerTwice,
  RunTwice,          // An activation is sent twice.
  RunAgain,          // … and once more when it was answered.
  RunElsewhere,      // It runs on another container than it was placed on.
  RunUninitialized,  // It runs on a container that has not taken its code.
  RunPaused,         // It runs before its container was resumed.
  RunRemoved,        // It runs on a container whose removal was ordered.
  RunTooMany,        // More run at once than the action allows.
  RunAtTakenAddress,
  OtherCode,         // A container takes the code of another action.
  MoreMemory,        // A container is larger than the pool's sums say.
  ExtraCredits,
  EarlyRemoval,      // The pool takes a container for gone that is not.
  StepBack,          // Not the checker but the pool is deceived: its time runs backwards.
};

// nullopt if there is none of this name ("lose-answer", …).
std::optional<SabotageKind> parseSabotage(std::string_view name);
std::string_view sabotageName(SabotageKind kind);

class Sabotage {
 public:
  explicit Sabotage(SabotageKind kind) : kind_(kind) {}

  // What the checker is told of "event": nothing, if nullopt.
  std::optional<Event> told(const Event& event) const;
  // What the pool seems to do.
  Effects done(const Effects& effects);
  // What time the pool is told.
  TimePoint time(TimePoint now) const;

 private:
  void change(const Effect& effect, Effects& changed);

  SabotageKind kind_;
  std::optional<effect::RunActivation> last_run_;
};

}  // namespace owpool::simulate

#endif  // OWPOOL_SIMULATE_SABOTAGE_H_
