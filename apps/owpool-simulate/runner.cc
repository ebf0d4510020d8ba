#include "owpool-simulate/runner.h"

#include <fmt/format.h>

#include <algorithm>

#include "owpool-simulate/apart.h"
#include "owpool-simulate/episode.h"
#include "owpool-simulate/plan.h"
#include "owpool-simulate/shrink.h"

namespace owpool::simulate {
namespace {

// What remains of a process that aborted.
struct Progress {
  Counts counts;
  std::uint64_t episode_seed = 0;
  std::uint64_t at = 0;  // Operations begun.
};

// Follows from the episode's seed, so that this alone replays it.
std::uint64_t swarmSeed(std::uint64_t episode_seed, std::uint64_t swarms) {
  return subSeed(swarms == 0 ? episode_seed : episode_seed % swarms, 2);
}

Operations operationsOf(std::uint64_t episode_seed, const Options& options,
                        const Setting& setting) {
  return makeOperations(episode_seed, swarmSeed(episode_seed, options.swarms),
                        setting.actions.size());
}

EpisodeOptions episodeOptions(const Options& options) {
  return {options.check_every, options.sabotage, nullptr};
}

std::string runAll(const Options& options, Progress& progress) {
  for (std::uint64_t index = 0; progress.counts.steps < options.steps; ++index) {
    keepAlive();
    progress.episode_seed = subSeed(options.seed, index);
    const Setting setting = makeSetting(progress.episode_seed);
    Operations operations = operationsOf(progress.episode_seed, options, setting);
    const std::uint64_t left = options.steps - progress.counts.steps;
    if (operations.size() > left) operations.resize(left);
    Episode episode(setting, episodeOptions(options), progress.counts);
    if (std::string what = episode.run(operations, progress.at); !what.empty()) return what;
  }
  return "";
}

std::string runOne(const Operations& operations, const Setting& setting,
                   const EpisodeOptions& options) {
  return runApart([&] {
    Counts counts;
    std::uint64_t at = 0;
    return Episode(setting, options, counts).run(operations, at);
  });
}

}  // namespace

Failure runEpisodes(const Options& options, Counts& counts) {
  Shared<Progress> progress;
  Failure failure;
  failure.what = runApart([&] { return runAll(options, *progress); });
  counts = progress->counts;
  if (failure.what.empty()) return failure;

  failure.episode_seed = progress->episode_seed;
  const Setting setting = makeSetting(failure.episode_seed);
  EpisodeOptions episode_options = episodeOptions(options);
  episode_options.check_every = 1;
  failure.operations = operationsOf(failure.episode_seed, options, setting);
  failure.operations.resize(
      std::min<std::size_t>(failure.operations.size(), progress->at));
  failure.first_length = failure.operations.size();
  const auto fails = [&](const Operations& operations) {
    return !runOne(operations, setting, episode_options).empty();
  };
  // What fails only in the company of later operations is not shortened.
  if (!fails(failure.operations)) return failure;
  failure.operations = shrink(std::move(failure.operations), fails);
  failure.what = runOne(failure.operations, setting, episode_options);
  return failure;
}

std::string replay(const Options& options) {
  const Setting setting = makeSetting(*options.episode);
  const Operations operations = options.operations
                                    ? *options.operations
                                    : operationsOf(*options.episode, options, setting);
  fmt::print("episode {}\n{}", *options.episode, textOf(setting));
  EpisodeOptions episode_options = episodeOptions(options);
  episode_options.trace = stdout;
  return runApart([&] {
    std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);  // What was done is seen, should it abort.
    Counts counts;
    std::uint64_t at = 0;
    return Episode(setting, episode_options, counts).run(operations, at);
  });
}

std::string replayCommand(const Failure& failure, const Options& options) {
  std::string command = fmt::format("--episode {}", failure.episode_seed);
  if (options.sabotage != SabotageKind::None) {
    command += fmt::format(" --sabotage {}", sabotageName(options.sabotage));
  }
  return command + fmt::format(" --operations '{}'", textOf(failure.operations));
}

}  // namespace owpool::simulate
