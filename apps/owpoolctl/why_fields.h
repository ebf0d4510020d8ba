// How the parts of an activation's story are named in sentences.
#ifndef OWPOOLCTL_WHY_FIELDS_H_
#define OWPOOLCTL_WHY_FIELDS_H_

#include <optional>
#include <string>

#include "fmt/format.h"
#include "owpoolctl/fields.h"

namespace owpool::ctl {

inline std::string containerName(const json::Value& container) {
  return fmt::format("#{}", numberOf(container, "id").value_or(0));
}

// The container that it has, or had last; nullopt if it never got one.
inline std::optional<json::Value> lastPlacement(const json::Value& answer) {
  auto placements = elementsOf(answer, "placements");
  if (placements.empty()) return std::nullopt;
  return placements.back();
}

inline bool isCold(const std::string& start) { return start == "cold" || start == "recreated"; }
inline bool isPrewarmed(const std::string& start) {
  return start == "prewarmed" || start == "recreatedPrewarm";
}

// "nodejs:20 with 256 MB": what a stem cell for the action would be.
inline std::string stemCellName(const json::Value& answer) {
  return fmt::format("{} with {}", textOf(answer, "kind"),
                     sizeText(numberOf(answer, "memory").value_or(0)));
}

// Why a container went, as the end of a sentence about it.
inline std::string removalText(const json::Value& removal) {
  const std::string cause = textOf(removal, "cause");
  if (cause == "evicted") {
    const std::string action = textOf(removal, "for_action");
    if (action.empty()) return "was evicted to make room for another action";
    return fmt::format("was evicted to make room for {} (activation {})", action,
                       textOf(removal, "for_activation"));
  }
  if (cause == "idleTimeout") {
    return fmt::format("was removed since nobody had used it for {} (the idle timeout)",
                       durationText(numberOf(removal, "unused_us").value_or(0)));
  }
  if (cause == "startFailed") return "could not be started";
  if (cause == "initFailed") return "did not take the action's code";
  if (cause == "runFailed") {
    return "was given up after a run that broke it (a crash, a time limit, a bad answer)";
  }
  if (cause == "pauseFailed") return "could not be paused or resumed, and was given up";
  if (cause == "unreachable") return "could not be reached, and was given up";
  if (cause == "died") return "ended by itself";
  if (cause == "unhealthy") return "failed its health probes";
  if (cause == "expired") return "was beyond its time to live";
  return "was removed as the pool shut down";
}

}  // namespace owpool::ctl

#endif  // OWPOOLCTL_WHY_FIELDS_H_
