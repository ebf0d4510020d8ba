#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "owpool-simulate/plan.h"
#include "owpool-simulate/runner.h"

namespace {

using namespace owpool::simulate;

constexpr int kUsageError = 2;

int runAndReport(const Options& options) {
  const auto begin = std::chrono::steady_clock::now();
  Counts counts;
  const Failure failure = runEpisodes(options, counts);
  const std::chrono::duration<double> time = std::chrono::steady_clock::now() - begin;
  fmt::print("seed {}\n{}", options.seed, textOf(counts));
  fmt::print(stderr, "{:.1f} s, {:.0f} steps/s\n", time.count(),
             static_cast<double>(counts.steps) / time.count());
  if (failure.what.empty()) return EXIT_SUCCESS;
  fmt::print(
      "\nFAILED: episode {} of seed {}, after {} operations\n{}\n"
      "These {} operations fail too:\n  {}\nin this setting:\n{}Replay:\n"
      "  owpool-simulate {}\n",
      failure.episode_seed, options.seed, failure.first_length, failure.what,
      failure.operations.size(), textOf(failure.operations),
      textOf(makeSetting(failure.episode_seed)), replayCommand(failure, options));
  return EXIT_FAILURE;
}

int replayAndReport(const Options& options) {
  const std::string what = replay(options);
  if (what.empty()) {
    fmt::print("all rules were kept\n");
    return EXIT_SUCCESS;
  }
  fmt::print("\nFAILED: {}\n", what);
  return EXIT_FAILURE;
}

}  // namespace

int main(int argc, char** argv) {
  const auto options = parseOptions({argv + 1, argv + argc});
  if (!options.ok()) {
    fmt::print(stderr, "owpool-simulate: {}\n{}", std::string(options.status().message()),
               helpText());
    return kUsageError;
  }
  if (options->help) {
    fmt::print("{}", helpText());
    return EXIT_SUCCESS;
  }
  return options->episode ? replayAndReport(*options) : runAndReport(*options);
}
