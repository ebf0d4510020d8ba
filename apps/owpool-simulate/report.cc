#include <fmt/format.h>

#include <string>
#include <string_view>

#include "owpool-simulate/counts.h"

namespace owpool::simulate {
namespace {

constexpr std::string_view kEventNames[] = {
    "ActivationArrived", "ContainerStarted", "StartFailed",      "InitSucceeded",
    "InitFailed",        "InitNotDelivered", "ResultKnown",      "RunCompleted",
    "RunNotDelivered",   "ContainerPaused",  "PauseFailed",      "ContainerResumed",
    "ResumeFailed",      "ContainerRemoved", "RemovalFailed",    "ContainerDied",
    "ProbeCompleted",
};
static_assert(std::size(kEventNames) == std::variant_size_v<Event>);

class Table {
 public:
  void title(std::string_view text) { text_ += fmt::format("\n{}\n", text); }
  void row(std::string_view name, std::uint64_t count) {
    text_ += fmt::format("  {:<44}{:>14}\n", name, count);
  }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

void addRun(Table& table, const Counts& c) {
  table.row("steps", c.steps);
  table.row("  of these without anything to act on", c.idle_steps);
  table.row("episodes", c.episodes);
  table.row("calls of the pool", c.pool_calls);
  table.row("slow checks of the pool", c.invariant_checks);
  table.row("virtual time, hours", c.virtual_seconds / 3600);
}

void addCallFaults(Table& table, const Counts& c) {
  constexpr std::string_view kOutcomes[] = {"", "failed", "not delivered", ""};
  for (std::size_t kind = 0; kind < kCallKindCount; ++kind) {
    const std::string name(callKindName(static_cast<CallKind>(kind)));
    for (const Outcome outcome : {Outcome::Badly, Outcome::Undelivered}) {
      const bool is_told_apart = static_cast<CallKind>(kind) == CallKind::Init ||
                                 static_cast<CallKind>(kind) == CallKind::Run;
      const std::size_t at = static_cast<std::size_t>(outcome);
      if (is_told_apart) {
        table.row(fmt::format("{} {}", name, kOutcomes[at]), c.answered[kind][at]);
      } else if (outcome == Outcome::Badly) {
        table.row(name + " failed", c.answered[kind][1] + c.answered[kind][2]);
      }
    }
    table.row(name + " answered never or late", c.dropped[kind]);
    table.row("  of these late", c.late[kind]);
    table.row(name + " answered again", c.again[kind]);
  }
}

void addFaults(Table& table, const Counts& c) {
  table.title("faults");
  addCallFaults(table, c);
  for (std::size_t phase = 0; phase < kLifePhaseCount; ++phase) {
    table.row(fmt::format("container died while {}", lifePhaseName(static_cast<LifePhase>(phase))),
              c.died[phase]);
  }
  for (std::size_t phase = 0; phase < kLifePhaseCount; ++phase) {
    table.row(fmt::format("… and nobody said so: {}", lifePhaseName(static_cast<LifePhase>(phase))),
              c.vanished[phase]);
  }
  table.row("probe that lied", c.lying_probes);
  table.row("address taken over from a living container", c.addresses_taken);
  table.row("activation arrived again", c.arrived_again);
  table.row("event about something unknown", c.unknown);
  table.row("burst", c.bursts);
  table.row("clock jumped by hours", c.clock_jumps);
  table.row("shutdown among operations", c.shutdowns);
}

void addPool(Table& table, const Counts& c) {
  table.title("events");
  for (std::size_t i = 0; i < c.events.size(); ++i) table.row(kEventNames[i], c.events[i]);
  table.row("ignored by the pool", c.ignored_events);

  table.title("activations answered");
  table.row("with a result", c.answered_with_result);
  table.row("with an error", c.answered_with_error);
  for (std::size_t i = 0; i < c.refused.size(); ++i) {
    table.row(fmt::format("refused: {}", refusalReasonName(static_cast<RefusalReason>(i))),
              c.refused[i]);
  }
  table.row("given to another container meanwhile", c.rescheduled);
  table.row("placed before an older one", c.bypassed);

  table.title("starts");
  for (std::size_t i = 0; i < c.placed.size(); ++i) {
    table.row(startKindName(static_cast<StartKind>(i)), c.placed[i]);
  }
  table.row("stem cells", c.stem_cells_started);
  table.row("changes found by checks of stem cells", c.prewarm_changes);

  table.title("removals, attempts included");
  for (std::size_t i = 0; i < c.removed.size(); ++i) {
    table.row(removalCauseName(static_cast<RemovalCause>(i)), c.removed[i]);
  }
}

}  // namespace

std::string textOf(const Counts& counts) {
  Table table;
  addRun(table, counts);
  addFaults(table, counts);
  addPool(table, counts);
  return table.take();
}

}  // namespace owpool::simulate
