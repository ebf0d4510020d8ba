// The sentences of "why": what came of it, what led to it, what would have avoided it.
#include <algorithm>

#include "owpoolctl/why_fields.h"
#include "owpoolctl/why_text.h"
#include "owpoolctl/why_waits.h"

namespace owpool::ctl {
namespace {

constexpr std::size_t kListedMax = 3;  // So that all stays on one screen.

// ---- Why not warm

std::string missedPrevious(const json::Value& placement, const json::Value& answer) {
  const auto previous = placement.member("previous");
  if (!previous) {
    return flagOf(placement, "remembers_all")
               ? "There was no container of this action: it had not been invoked since owpoold "
                 "started."
               : "There was no container of this action, and nothing is remembered of earlier "
                 "ones.";
  }
  const std::string name = containerName(*previous);
  if (!flagOf(placement, "previous_is_of_this_revision")) {
    return fmt::format(
        "The action was updated since it ran last: its container {} had taken version {}, this is "
        "{}, and a container runs one revision only.",
        name, textOf(*previous, "version"), textOf(answer, "version"));
  }
  const auto removal = previous->member("removal");
  if (!removal) return fmt::format("The action's last container, {}, took no more work.", name);
  const std::int64_t before = numberOf(placement, "at_us").value_or(0) -
                              numberOf(*removal, "ordered_us").value_or(0);
  return fmt::format("There was no container of this action any more: its last one, {}, {}, {} "
                     "before.",
                     name, removalText(*removal), durationText(before));
}

std::string missedWarm(const json::Value& placement, const json::Value& answer) {
  if (textOf(placement, "warm_miss") != "busy") return missedPrevious(placement, answer);
  const std::int64_t count = numberOf(placement, "sibling_count").value_or(0);
  const std::int64_t limit = numberOf(answer, "concurrency").value_or(1);
  return fmt::format("{} of this action {} busy; each runs {} at a time.",
                     count == 1 ? "The one container" : fmt::format("All {} containers", count),
                     count == 1 ? "was" : "were", countText(limit, "activation"));
}

// ---- Why no stem cell

std::string keptMemories(const json::Value& answer) {
  std::string memories;
  const auto pool = answer.member("pool");
  if (!pool) return memories;
  for (const json::Value& cells : elementsOf(*pool, "stem_cells")) {
    if (textOf(cells, "kind") != textOf(answer, "kind")) continue;
    memories += memories.empty() ? "" : ", ";
    memories += sizeText(numberOf(cells, "memory").value_or(0));
  }
  return memories;
}

std::string missedStemCell(const json::Value& placement, const json::Value& answer) {
  const std::string miss = textOf(placement, "stem_cell_miss");
  const std::string kind = textOf(answer, "kind");
  if (miss == "noneOfKind") {
    return fmt::format("No stem cells (started containers that hold no code yet) of {} are kept.",
                       kind);
  }
  if (miss == "otherMemory") {
    return fmt::format("Stem cells of {} are kept with {}, but this action has {}: a stem cell "
                       "must have exactly the action's memory.",
                       kind, keptMemories(answer),
                       sizeText(numberOf(answer, "memory").value_or(0)));
  }
  if (miss == "noneWanted") {
    return fmt::format("Stem cells of {} are kept on demand, and none were called for at the time.",
                       stemCellName(answer));
  }
  return fmt::format("All stem cells of {} were taken, or still being started.",
                     stemCellName(answer));
}

// ---- Memory and waiting

std::string evictions(const json::Value& placement) {
  const auto evicted = elementsOf(placement, "evicted");
  std::string list;
  for (std::size_t i = 0; i < std::min(evicted.size(), kListedMax); ++i) {
    const auto removal = evicted[i].member("removal");
    const std::string action = textOf(evicted[i], "action");
    list += fmt::format("{}{} of {} ({}, unused for {})", i == 0 ? "" : ", ",
                        containerName(evicted[i]), action.empty() ? "no action yet" : action,
                        sizeText(numberOf(evicted[i], "memory").value_or(0)),
                        removal ? durationText(numberOf(*removal, "unused_us").value_or(0)) : "?");
  }
  if (evicted.size() > kListedMax) list += fmt::format(" and {} more", evicted.size() - kListedMax);
  return fmt::format("The pool's memory was full, so {} evicted for it: {}.",
                     evicted.size() == 1 ? "an idle container was" : "idle containers were", list);
}

// What the last note of that reason says of who had the memory; empty if there is none.
std::string holdersText(const json::Value& answer) {
  const auto waits = elementsOf(answer, "waits");
  const auto last = std::find_if(waits.rbegin(), waits.rend(), [](const json::Value& wait) {
    return textOf(wait, "reason") == "memory";
  });
  if (last == waits.rend()) return "";
  std::string text = fmt::format(": {} with {} ran activations",
                                 countText(numberOf(*last, "busy_count").value_or(0), "container"),
                                 sizeText(numberOf(*last, "busy_memory").value_or(0)));
  const std::string action = textOf(*last, "busy_action");
  if (!action.empty()) {
    text += fmt::format(", {} of them of {}", numberOf(*last, "busy_action_count").value_or(0),
                        action);
  }
  return text;
}

std::string waitText(const json::Value& answer, const std::string& reason) {
  const std::int64_t before = numberOf(answer, "waiting_before").value_or(0);
  const std::string queue =
      before == 0 ? "" : fmt::format(" When it arrived, {} waited already.",
                                     countText(before, "activation"));
  if (reason == "memory") {
    return fmt::format("It had to wait, since all memory was in use and nothing was idle{}.{}",
                       holdersText(answer), queue);
  }
  if (reason == "removal") {
    return "It had to wait until the memory of containers that were being removed was free." +
           queue;
  }
  if (reason == "startsInFlight") {
    const auto pool = answer.member("pool");
    const auto most = pool ? numberOf(*pool, "starts_in_flight_max") : std::nullopt;
    return fmt::format("It had to wait, since no more than {} may be started at the same time.{}",
                       countText(most.value_or(0), "container"), queue);
  }
  return "It had to wait for its turn." + queue;
}

std::string refusalText(const json::Value& answer, const std::string& reason) {
  if (reason == "largerThanPool") {
    const auto pool = answer.member("pool");
    return fmt::format("It was refused: the action wants {}, and all containers together may have "
                       "{}.",
                       sizeText(numberOf(answer, "memory").value_or(0)),
                       sizeText(pool ? numberOf(*pool, "user_memory").value_or(0) : 0));
  }
  if (reason == "bufferFull") return "It was refused: too many activations waited already.";
  if (reason == "shuttingDown") return "It was refused: owpoold was shutting down.";
  return "It was refused: the action's limits are not valid.";
}

std::string startText(const json::Value& placement) {
  const std::string start = textOf(placement, "start");
  const auto container = placement.member("container");
  const std::string name = container ? containerName(*container) : "?";
  if (start == "warmed") {
    return numberOf(placement, "resume_ordered_us")
               ? fmt::format("Warm start: container {} had this action's code already, and only "
                             "had to be resumed.", name)
               : fmt::format("Warm start: container {} had this action's code already and was "
                             "free.", name);
  }
  if (start == "warming" || start == "warmingCold") {
    return fmt::format("Shared start: it was given to container {}, which another activation of "
                       "the action was making ready.", name);
  }
  if (isPrewarmed(start)) {
    return fmt::format("Prewarmed start: container {}, a stem cell, was started already and had "
                       "only to take the action's code.", name);
  }
  return fmt::format("Cold start: container {} was started for it, and then had to take the "
                     "action's code.", name);
}

}  // namespace

std::string headline(const json::Value& answer) {
  const auto outcome = answer.member("answer");
  if (outcome && textOf(*outcome, "kind") == "refused") {
    return refusalText(answer, textOf(*outcome, "refused"));
  }
  const auto placement = lastPlacement(answer);
  if (!placement) {
    return outcome ? "It was answered with an error before it got a container."
                   : "It waits for a container.";
  }
  if (numberOf(*placement, "given_up_us") && !outcome) return "It waits for another container.";
  std::string text = startText(*placement);
  if (const auto ran = numberOf(*placement, "run_began_us")) {
    text += *ran == 0 ? " It began to run at once."
                      : fmt::format(" It began to run {} after it arrived.", durationText(*ran));
  } else if (outcome) {
    text += " It never ran.";
  }
  return text;
}

std::vector<std::string> reasons(const json::Value& answer) {
  std::vector<std::string> sentences;
  for (const json::Value& placement : elementsOf(answer, "placements")) {
    if (!numberOf(placement, "given_up_us")) continue;
    const auto container = placement.member("container");
    const auto removal = container ? container->member("removal") : std::nullopt;
    sentences.push_back(fmt::format(
        "It was given to container {} before, which {}; it had not run there, so it was put back.",
        container ? containerName(*container) : "?",
        removal ? removalText(*removal) : "takes no more work"));
  }
  if (const auto placement = lastPlacement(answer)) {
    if (textOf(*placement, "warm_miss") != "none") {
      sentences.push_back(missedWarm(*placement, answer));
    }
    const std::string miss = textOf(*placement, "stem_cell_miss");
    if (!miss.empty() && miss != "none") sentences.push_back(missedStemCell(*placement, answer));
    if (!elementsOf(*placement, "evicted").empty()) sentences.push_back(evictions(*placement));
  }
  const std::vector<WaitSpan> waits = waitSpans(answer);
  if (!waits.empty()) {
    sentences.push_back(waitText(answer, mainReason(waits)) + sharesText(waits));
  }
  return sentences;
}

std::vector<std::string> advice(const json::Value& answer) {
  std::vector<std::string> all;
  const auto pool = answer.member("pool");
  if (!pool) return all;
  std::string waited_for = mainReason(waitSpans(answer));
  const bool waited_for_turn = waited_for == "turn";
  // The turn comes when those before have what they wait for.
  if (waited_for_turn) waited_for = textOf(answer, "first_waited_for");
  const std::string more_memory = fmt::format("more --user-memory (it is {})",
                                              sizeText(numberOf(*pool, "user_memory").value_or(0)));
  const bool wants_memory = waited_for == "memory" || waited_for == "removal";
  const auto placement = lastPlacement(answer);
  if (waited_for_turn && placement && textOf(*placement, "start") == "warmed" &&
      flagOf(*pool, "is_fifo")) {
    all.push_back("--queue-discipline warm-bypass: who finds a warm container need not wait for "
                  "its turn");
  }
  if (waited_for == "startsInFlight") all.push_back("a higher --starts-in-flight-max");
  if (!placement) {
    if (wants_memory) all.push_back(more_memory);
    return all;
  }
  const auto previous = placement->member("previous");
  const auto removal = previous ? previous->member("removal") : std::nullopt;
  const bool is_same = flagOf(*placement, "previous_is_of_this_revision");
  const std::string cause = removal && is_same ? textOf(*removal, "cause") : "";
  const bool is_unknown = textOf(*placement, "warm_miss") == "unknown";
  if (is_unknown && cause == "idleTimeout") {
    const std::int64_t unused = numberOf(*placement, "at_us").value_or(0) -
                                numberOf(*removal, "ordered_us").value_or(0) +
                                numberOf(*removal, "unused_us").value_or(0);
    all.push_back(fmt::format("a longer --idle-timeout (it is {}): the action came again after {}",
                              durationText(numberOf(*pool, "idle_timeout_us").value_or(0)),
                              durationText(unused)));
  }
  if ((is_unknown && cause == "evicted") || !elementsOf(*placement, "evicted").empty() ||
      wants_memory) {
    all.push_back(more_memory);
  }
  if (textOf(*placement, "warm_miss") == "busy") {
    all.push_back("a higher limit \"concurrency\" of the action, if its code can run several "
                  "activations at a time");
  }
  const std::string miss = textOf(*placement, "stem_cell_miss");
  if (miss == "noneReady") {
    all.push_back(fmt::format("more stem cells of {} (\"stemCells\" in the runtimes manifest)",
                              stemCellName(answer)));
  } else if (!miss.empty() && miss != "none") {
    all.push_back(fmt::format("a stem cell of {} (\"stemCells\" in the runtimes manifest)",
                              stemCellName(answer)));
  }
  return all;
}

}  // namespace owpool::ctl
