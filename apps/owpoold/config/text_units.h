// Sizes and durations as people write them: "256m", "10s".
#ifndef OWPOOLD_CONFIG_TEXT_UNITS_H_
#define OWPOOLD_CONFIG_TEXT_UNITS_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "owpool/units.h"

namespace owpool::daemon {

// A whole number and a unit: b, k, m or g, also written kb, mb, gb, in either case;
// one space may stand between ("256 MB" of OpenWhisk's manifests). Units are powers
// of 1024. The error says the rule; the caller says whose value it is.
absl::StatusOr<ByteSize> parseByteSize(std::string_view text);

// A whole number and one of ms, s, m, h, d.
absl::StatusOr<Duration> parseDuration(std::string_view text);

// In the largest unit that leaves a whole number, so that the above reads the same
// again. REQUIRES: not negative; of a duration, whole milliseconds.
std::string sizeText(ByteSize size);
std::string durationText(Duration duration);

}  // namespace owpool::daemon

#endif  // OWPOOLD_CONFIG_TEXT_UNITS_H_
