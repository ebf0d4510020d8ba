// The command line of owpool-simulate.
#ifndef OWPOOL_SIMULATE_OPTIONS_H_
#define OWPOOL_SIMULATE_OPTIONS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "owpool-simulate/operations.h"
#include "owpool-simulate/sabotage.h"

namespace owpool::simulate {

struct Options {
  std::uint64_t seed = 1;
  std::uint64_t steps = 100'000;
  std::uint64_t swarms = 0;
  std::uint64_t check_every = 1;
  std::optional<std::uint64_t> episode;  // Replay this one.
  std::optional<Operations> operations;  // … with these.
  SabotageKind sabotage = SabotageKind::None;
  bool help = false;
};

// InvalidArgument that names the argument and the rule.
absl::StatusOr<Options> parseOptions(const std::vector<std::string>& arguments);

std::string helpText();

}  // namespace owpool::simulate

#endif  // OWPOOL_SIMULATE_OPTIONS_H_
