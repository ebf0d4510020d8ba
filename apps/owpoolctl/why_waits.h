#ifndef OWPOOLCTL_WHY_WAITS_H_
#define OWPOOLCTL_WHY_WAITS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "json/json.h"

namespace owpool::ctl {

// For what it waited from when to when. Of nothing it waited for no time at all.
struct WaitSpan {
  std::string reason;              // "memory", "removal", "startsInFlight", "turn".
  std::int64_t from = 0;           // Microseconds since the arrival.
  std::optional<std::int64_t> to;  // nullopt: it still waits.
};
// In order. The pool tells only of the first of those that wait, so that what lies before
// is the wait for the turn. Pure.
std::vector<WaitSpan> waitSpans(const json::Value& answer);

// What it waits for now; if it waits no more, what it waited longest for; empty if it did not.
std::string mainReason(const std::vector<WaitSpan>& spans);

// "It waited 5.0 s: 4.9 s for memory, …"; empty if there was one reason only, or it waits.
std::string sharesText(const std::vector<WaitSpan>& spans);

}  // namespace owpool::ctl

#endif  // OWPOOLCTL_WHY_WAITS_H_
