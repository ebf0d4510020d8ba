#include "owpool-simulate/options.h"

#include <fmt/format.h>

#include <charconv>

#include "absl/status/status.h"

namespace owpool::simulate {
namespace {

absl::Status parseNumber(const std::string& name, const std::string& text, std::uint64_t least,
                         std::uint64_t& number) {
  const char* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, number);
  if (error == std::errc() && at == end && number >= least) return absl::OkStatus();
  return absl::InvalidArgumentError(
      fmt::format("{} must be a whole number from {} on, below 2^64, and not \"{}\"", name, least,
                  text));
}

absl::Status store(const std::string& name, const std::string& value, Options& options) {
  if (name == "--seed") return parseNumber(name, value, 0, options.seed);
  if (name == "--steps") return parseNumber(name, value, 1, options.steps);
  if (name == "--swarms") return parseNumber(name, value, 1, options.swarms);
  if (name == "--check-every") return parseNumber(name, value, 1, options.check_every);
  if (name == "--episode") return parseNumber(name, value, 0, options.episode.emplace());
  if (name == "--operations") {
    auto operations = parseOperations(value);
    if (!operations.ok()) {
      return absl::InvalidArgumentError(
          fmt::format("{}: {}", name, std::string(operations.status().message())));
    }
    options.operations = *std::move(operations);
    return absl::OkStatus();
  }
  if (name == "--sabotage") {
    const auto kind = parseSabotage(value);
    if (!kind) return absl::InvalidArgumentError(fmt::format("{}: unknown \"{}\"", name, value));
    options.sabotage = *kind;
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(fmt::format("unknown option \"{}\"", name));
}

}  // namespace

absl::StatusOr<Options> parseOptions(const std::vector<std::string>& arguments) {
  Options options;
  for (std::size_t i = 0; i < arguments.size(); i += 2) {
    if (arguments[i] == "--help") {
      options.help = true;
      return options;
    }
    if (i + 1 == arguments.size()) {
      return absl::InvalidArgumentError(fmt::format("{} needs a value", arguments[i]));
    }
    if (absl::Status status = store(arguments[i], arguments[i + 1], options); !status.ok()) {
      return status;
    }
  }
  if (options.operations && !options.episode) {
    return absl::InvalidArgumentError("--operations needs --episode");
  }
  return options;
}

// --sabotage is for the tests, and not told.
std::string helpText() {
  return R"(usage: owpool-simulate [--seed N] [--steps M] [--swarms K] [--check-every C]
       owpool-simulate --episode E [--swarms K] [--operations LIST]

Lets a pool live through M operations in a made-up world where containers fail,
die, and answer late, twice or never, and checks every rule after each of them.

  --seed N         Everything follows from it. Default 1.
  --steps M        Operations. Default 100000.
  --swarms K       Draws K sets of likelihoods and no more. Default: one for each
                   episode.
  --check-every C  The pool's own slow check runs after each C-th operation; all
                   other checks after each. Default 1.
  --episode E      Replays the episode with this seed and prints all that happens.
  --operations L   … with these operations in place of its own, as a failure
                   prints them.

Exit status: 0 all rules were kept; 1 one was broken; 2 wrong usage.
)";
}

}  // namespace owpool::simulate
