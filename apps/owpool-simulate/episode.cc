#include "owpool-simulate/episode.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "core/overloaded.h"
#include "owpool-simulate/effect_text.h"

namespace owpool::simulate {
namespace {

using namespace std::chrono_literals;

Pool makePool(const PoolConfig& config) {
  auto pool = Pool::create(config);
  return *std::move(pool);  // Settings are valid; a test says so.
}

}  // namespace

Episode::Episode(const Setting& setting, const EpisodeOptions& options, Counts& counts)
    : setting_(setting),
      options_(options),
      counts_(counts),
      pool_(makePool(setting.config)),
      world_(setting.address_count, counts),
      checker_(setting.config),
      sabotage_(options.sabotage) {}

std::string Episode::run(const Operations& operations, std::uint64_t& at) {
  const TimePoint begin = now_;
  take(pool_.start(sabotage_.time(now_)));
  for (at = 0; at < operations.size() && violation_.empty() && isOfUse();) {
    const Operation& operation = operations[at++];
    if (options_.trace) fmt::print(options_.trace, "{}\n", textOf(operation));
    apply(operation);
    if (at % options_.check_every == 0) compareSlowly();
  }
  counts_.steps += at;
  ++at;  // What follows needs all of them.
  comeToRest("the pool comes to rest when the world answers");
  if (!is_shutting_down_ && violation_.empty()) {
    shutDown(0s);
    comeToRest("a shutdown ends when the world answers");
  }
  compareSlowly();
  ++counts_.episodes;
  counts_.virtual_seconds += static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::seconds>(now_ - begin).count());
  const PoolStats stats = pool_.stats();
  counts_.rescheduled += stats.rescheduled_total;
  counts_.bypassed += stats.bypassed_total;
  counts_.ignored_events += stats.ignored_events_total;
  return violation_;
}

// Where the world answers nothing, all that ever was piles up, and steps become slow
// without becoming new.
bool Episode::isOfUse() const {
  constexpr int kContainersMax = 300;
  constexpr int kActivationsMax = 1000;
  return checker_.containerCount() <= kContainersMax &&
         checker_.unansweredCount() <= kActivationsMax;
}

// ---- Operations

void Episode::apply(const Operation& operation) {
  const auto step = [&]() -> bool {
    switch (operation.kind) {
      case OperationKind::Arrive: return arrive(operation.which, 1);
      case OperationKind::Burst:
        ++counts_.bursts;
        return arrive(operation.which, operation.count);
      case OperationKind::ArriveAgain: return arriveAgain(operation.which);
      case OperationKind::Answer:
        return send(world_.answer(operation.call, operation.which, operation.outcome));
      case OperationKind::Drop: return world_.drop(operation.call, operation.which);
      case OperationKind::AnswerLate:
        return send(world_.answerLate(operation.which, operation.outcome));
      case OperationKind::AnswerAgain:
        return send(world_.answerAgain(operation.which, operation.outcome));
      case OperationKind::Unknown:
        ++counts_.unknown;
        return send(unknownEvent(operation.which));
      case OperationKind::Die: return send(world_.die(operation.phase, operation.which));
      case OperationKind::Vanish: return world_.vanish(operation.phase, operation.which);
      case OperationKind::Advance:
        if (operation.time >= 1h) ++counts_.clock_jumps;
        return advance(now_ + operation.time);
      case OperationKind::AdvanceToDeadline: {
        const auto deadline = pool_.nextDeadline();
        return deadline && advance(std::max(now_, *deadline));
      }
      case OperationKind::ShutDown:
        ++counts_.shutdowns;
        return shutDown(operation.time);
    }
    return false;
  };
  if (!step()) ++counts_.idle_steps;
}

bool Episode::arrive(std::uint32_t which, std::uint32_t count) {
  const ActionPtr& action = setting_.actions[which % setting_.actions.size()];
  for (; count > 0; --count) {
    ++last_activation_;
    const InvocationMode mode =
        last_activation_ % 3 == 0 ? InvocationMode::NonBlocking : InvocationMode::Blocking;
    send(event::ActivationArrived{{{0, last_activation_}, action, mode}});
  }
  return true;
}

bool Episode::arriveAgain(std::uint32_t which) {
  const auto id = checker_.unanswered(which);
  if (!id) return false;
  ++counts_.arrived_again;
  return send(event::ActivationArrived{
      {*id, setting_.actions[which % setting_.actions.size()], InvocationMode::Blocking}});
}

bool Episode::advance(TimePoint to) {
  const auto deadline = pool_.nextDeadline();
  const bool is_early = !deadline || to < *deadline;
  now_ = to;
  if (options_.trace) {
    fmt::print(options_.trace, "  it is {:.9f} s\n",
               std::chrono::duration<double>(now_.time_since_epoch()).count());
  }
  const Effects effects = pool_.advanceTo(sabotage_.time(now_));
  // That an activation still waits may be said at any time.
  require(!is_early || std::all_of(effects.begin(), effects.end(),
                                   [](const Effect& effect) {
                                     return std::holds_alternative<effect::ActivationWaits>(effect);
                                   }),
          "the pool does nothing before its next deadline");
  take(effects);
  return true;
}

bool Episode::shutDown(Duration drain_time) {
  if (options_.trace) fmt::print(options_.trace, "  shutdown\n");
  is_shutting_down_ = true;
  checker_.beforeShutDown(drain_time, now_);
  take(pool_.shutDown(drain_time, sabotage_.time(now_)));
  return true;
}

bool Episode::send(std::optional<Event> event) {
  if (!event) return false;
  if (options_.trace) fmt::print(options_.trace, "  < {}\n", textOf(*event));
  ++counts_.events[event->index()];
  if (const auto told = sabotage_.told(*event)) checker_.before(*told, now_);
  take(pool_.handle(*std::move(event), sabotage_.time(now_)));
  return true;
}

// About a container that never was, or an activation that never came.
Event Episode::unknownEvent(std::uint32_t which) const {
  const ContainerId id{1'000'000'000 + which};
  const ActivationId activation{1, which};
  switch (which % 8) {
    case 0: return event::ContainerStarted{id, "unknown"};
    case 1: return event::StartFailed{id, {}};
    case 2: return event::InitSucceeded{id};
    case 3: return event::RunCompleted{{1 + which / 8}, activation, ContainerFate::Broken};
    case 4: return event::RunNotDelivered{{1 + which / 8}, activation};
    case 5: return event::ContainerRemoved{id};
    case 6: return event::ContainerDied{id};
    default: return event::ProbeCompleted{id, ProbeResult::Unreachable};
  }
}

void Episode::comeToRest(const char* what) {
  constexpr int kRoundsMax = 100'000;
  Duration step = 1ms;
  world_.keepAddressesApart();
  for (int round = 0; violation_.empty(); ++round) {
    if (round == kRoundsMax) return require(false, what);
    if (world_.hasOpenCalls()) {
      send(world_.answer(CallKind::Any, 0, Outcome::Well));
      continue;
    }
    if (checker_.isAtRest()) return;
    const auto deadline = pool_.nextDeadline();
    require(deadline.has_value(), what);
    // Ever further, so that what repeats itself meanwhile does so seldom.
    if (deadline) advance(std::max(now_ + step, *deadline));
    step = std::min<Duration>(2 * step, 1h);
  }
}

// ---- Effects

void Episode::take(const Effects& effects) {
  ++counts_.pool_calls;
  if (options_.sabotage == SabotageKind::None) {
    check(effects);
  } else {
    check(sabotage_.done(effects));
  }
  if (violation_.empty()) violation_ = checker_.violation();
  for (const Effect& effect : effects) {
    count(effect);
    world_.take(effect);
  }
  compareAccounts();
  const auto deadline = pool_.nextDeadline();
  require(!deadline || *deadline > now_, "what is due is done");
}

void Episode::check(const Effects& effects) {
  if (options_.trace) {
    for (const Effect& effect : effects) fmt::print(options_.trace, "  > {}\n", textOf(effect));
  }
  checker_.after(effects, now_);
}

void Episode::count(const Effect& effect) {
  const auto one = [](auto& counts, auto index) { ++counts[static_cast<std::size_t>(index)]; };
  std::visit(internal::Overloaded{
                 [&](const effect::AnswerWithResult&) { ++counts_.answered_with_result; },
                 [&](const effect::AnswerWithError&) { ++counts_.answered_with_error; },
                 [&](const effect::RefuseActivation& e) { one(counts_.refused, e.reason); },
                 [&](const effect::ActivationPlaced& e) { one(counts_.placed, e.kind); },
                 [&](const effect::RemoveContainer& e) { one(counts_.removed, e.cause); },
                 [&](const effect::StartContainer& e) {
                   if (e.purpose == StartPurpose::StemCell) ++counts_.stem_cells_started;
                 },
                 [&](const effect::PrewarmsChecked&) { ++counts_.prewarm_changes; },
                 [](const auto&) {},
             },
             effect);
}

// The sums that the pool keeps are those that its effects amount to.
void Episode::compareAccounts() {
  require(pool_.containers().userMemory() == checker_.userMemory(),
          "user memory is what was started for activations and is not gone");
  require(pool_.containers().prewarmMemory() == checker_.prewarmMemory(),
          "prewarm memory is what was started as stem cells and is neither taken nor gone");
  require(pool_.isShutDown() == (is_shutting_down_ && checker_.isAtRest()),
          "a pool is shut down when all is answered and gone, and only then");
}

void Episode::compareSlowly() {
  ++counts_.invariant_checks;
  pool_.checkInvariants();
  require(pool_.stats().unanswered_count == checker_.unansweredCount(),
          "unanswered are those that were accepted and got no answer");
}

void Episode::require(bool holds, const char* rule) {
  if (!holds && violation_.empty()) violation_ = fmt::format("broken rule: {}", rule);
}

}  // namespace owpool::simulate
