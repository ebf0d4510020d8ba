// The configuration and the actions of an episode.
#include <fmt/format.h>

#include <chrono>
#include <memory>

#include "owpool-simulate/plan.h"

namespace owpool::simulate {
namespace {

using namespace owpool::literals;
using namespace std::chrono_literals;

const RuntimeKind kRuntimes[] = {{"nodejs:20", "node"}, {"python:3", "python"}};

std::vector<PrewarmConfig> drawPrewarms(Random& random) {
  std::vector<PrewarmConfig> prewarms;
  for (const RuntimeKind& runtime : kRuntimes) {
    for (const ByteSize memory : {128_MiB, 256_MiB}) {
      if (!random.oneIn(3)) continue;
      PrewarmConfig prewarm{runtime, memory, random.oneOf({0, 1, 2, 5}), std::nullopt};
      if (random.oneIn(2)) {
        const int count_max = random.oneOf({1, 3, 8});
        prewarm.reactive = ReactivePrewarm{
            static_cast<int>(random.below(static_cast<std::uint64_t>(count_max) + 1)), count_max,
            random.oneOf<Duration>({10ms, 2min}), random.oneOf({1, 4}),
            1 + static_cast<int>(random.below(static_cast<std::uint64_t>(count_max)))};
      }
      prewarms.push_back(prewarm);
    }
  }
  return prewarms;
}

// How memory is counted, and who is next.
void drawOrder(Random& random, PoolConfig& config) {
  if (random.oneIn(3)) config.memory_accounting.release = MemoryRelease::WhenRemovalStarts;
  if (random.oneIn(3)) config.memory_accounting.prewarms = PrewarmAccounting::Shared;
  if (random.oneIn(3)) config.queue_discipline = QueueDiscipline::WarmBypass;
  config.bypass_age_max = random.oneOf<Duration>({1ns, 1s, 1h});
  if (random.oneIn(3)) config.blocking_priority = BlockingPriority::BlockingFirst;
  config.nonblocking_age_max = random.oneOf<Duration>({1ns, 1s, 1h});
}

PoolConfig drawConfig(Random& random) {
  PoolConfig config;
  config.user_memory = random.oneOf({256_MiB, 300_MiB, 512_MiB, 1024_MiB, 2048_MiB, 8192_MiB});
  if (random.oneIn(3)) config.user_memory = 512_MiB;
  config.prewarms = drawPrewarms(random);
  drawOrder(random, config);
  config.prewarm_check_delay = random.oneOf<Duration>({1ms, 10s, 10min});
  config.prewarm_check_interval = random.oneOf<Duration>({10ms, 10s, 10min});
  config.prewarm_expiration_limit = random.oneOf({1, 3, 100});
  config.prewarm_retries_max = random.oneOf({0, 1, 5});
  config.starts_in_flight_max = random.oneOf({1, 2, 8, 64});
  config.pause_grace = random.oneOf<std::optional<Duration>>({std::nullopt, 0s, 10ms, 10s});
  config.idle_timeout = random.oneOf<Duration>({1ms, 5s, 10min, 2h});
  config.prewarm_health.enabled = random.oneIn(3);
  config.prewarm_health.period = random.oneOf<Duration>({20ms, 3s});
  config.prewarm_health.timeout = random.oneOf<Duration>({10ms, 1s, 10s});
  config.prewarm_health.failures_max = random.oneOf({1, 3});
  config.start_backoff = random.oneIn(2) ? Backoff{100ms, 1min} : Backoff{1ns, 1s};
  config.removal_backoff = random.oneIn(2) ? Backoff{1s, 1min} : Backoff{1ms, 2ms};
  config.feed_credits = random.oneOf({0, 0, 1, 8, 200});
  config.start_timeout = random.oneOf<Duration>({100ms, 1min});
  config.pause_timeout = random.oneOf<Duration>({100ms, 10s});
  config.removal_timeout = random.oneOf<Duration>({100ms, 1min});
  config.call_grace = random.oneOf<Duration>({1ns, 5s});
  config.logs_timeout = random.oneOf<Duration>({10ms, 30s});
  config.buffer_count_max = random.oneOf({0, 1, 10, 100, 10000});
  config.reschedules_max = random.oneOf({0, 1, 3});
  config.waiting_report_interval = random.oneOf<Duration>({1ms, 10s});
  return config;
}

ActionPtr drawAction(Random& random, std::uint64_t number) {
  Action action;
  // Namespaces, names and revisions are few, so that keys differ in one of them only.
  action.key = ActionKey(fmt::format("guest{}", random.below(2)),
                         fmt::format("guest/hello{}", number / 2),
                         fmt::format("{}", number % 2));
  action.runtime = random.oneOf(kRuntimes);
  action.memory = random.oneOf({128_MiB, 128_MiB, 256_MiB, 256_MiB, 512_MiB, 1024_MiB});
  action.time_limit = random.oneOf<Duration>({100ms, 1s, 1min, 5min});
  action.concurrency_max = random.oneOf({1, 1, 2, 5, 50, 300});
  if (random.oneIn(40)) {
    switch (random.below(3)) {
      case 0: action.memory = ByteSize(); break;
      case 1: action.concurrency_max = 0; break;
      default: action.time_limit = 0s; break;
    }
  }
  return std::make_shared<const Action>(std::move(action));
}

double seconds(Duration time) { return std::chrono::duration<double>(time).count(); }
double mebibytes(ByteSize size) {
  return static_cast<double>(size.count()) / static_cast<double>((1_MiB).count());
}

std::string textOfOrder(const PoolConfig& c) {
  return fmt::format(
      "  memory is released {}, stem cells use {} memory, at most {} starts at once\n"
      "  queue: {} {} s, {} {} s\n"
      "  stem cells checked after {} s and every {} s, at most {} expire, {} retries\n",
      c.memory_accounting.release == MemoryRelease::WhenRemovalStarts ? "when removal starts"
                                                                      : "when removed",
      c.memory_accounting.prewarms == PrewarmAccounting::Shared ? "user" : "their own",
      c.starts_in_flight_max,
      c.queue_discipline == QueueDiscipline::WarmBypass ? "warm bypass for" : "fifo",
      seconds(c.bypass_age_max),
      c.blocking_priority == BlockingPriority::BlockingFirst ? "blocking first for"
                                                             : "no priority",
      seconds(c.nonblocking_age_max), seconds(c.prewarm_check_delay),
      seconds(c.prewarm_check_interval), c.prewarm_expiration_limit, c.prewarm_retries_max);
}

}  // namespace

Setting makeSetting(std::uint64_t episode_seed) {
  Random random(subSeed(episode_seed, 0));
  Setting setting;
  setting.config = drawConfig(random);
  const std::uint64_t action_count = random.oneOf<std::uint64_t>({1, 2, 3, 8, 20});
  for (std::uint64_t number = 0; number < action_count; ++number) {
    setting.actions.push_back(drawAction(random, number));
  }
  setting.address_count = random.oneOf<std::uint64_t>({0, 1, 4, 20, 1'000'000});
  return setting;
}

std::string textOf(const Setting& setting) {
  const PoolConfig& c = setting.config;
  std::string text = fmt::format(
      "  user_memory {} MiB, buffer_count_max {}, feed_credits {}, reschedules_max {}\n"
      "  pause_grace {}, idle_timeout {} s, addresses {}\n"
      "  timeouts in s: start {}, pause {}, removal {}, logs {}; call_grace {}\n"
      "  back-off in s: start {} to {}, removal {} to {}; waiting_report_interval {}\n",
      mebibytes(c.user_memory), c.buffer_count_max, c.feed_credits, c.reschedules_max,
      c.pause_grace ? fmt::format("{} s", seconds(*c.pause_grace)) : "never",
      seconds(c.idle_timeout), setting.address_count, seconds(c.start_timeout),
      seconds(c.pause_timeout), seconds(c.removal_timeout), seconds(c.logs_timeout),
      seconds(c.call_grace), seconds(c.start_backoff.first), seconds(c.start_backoff.max),
      seconds(c.removal_backoff.first), seconds(c.removal_backoff.max),
      seconds(c.waiting_report_interval));
  text += textOfOrder(c);
  if (c.prewarm_health.enabled) {
    text += fmt::format("  probes every {} s, each at most {} s, {} failures\n",
                        seconds(c.prewarm_health.period), seconds(c.prewarm_health.timeout),
                        c.prewarm_health.failures_max);
  }
  for (const PrewarmConfig& prewarm : c.prewarms) {
    text += fmt::format("  prewarm {} x {} {} MiB", prewarm.count, prewarm.runtime.kind,
                        mebibytes(prewarm.memory));
    if (const auto& reactive = prewarm.reactive) {
      text += fmt::format(", reactive from {} to {}, {} for each {} cold starts, for {} s",
                          reactive->count_min, reactive->count_max, reactive->increment,
                          reactive->threshold, seconds(reactive->time_to_live));
    }
    text += "\n";
  }
  for (std::size_t i = 0; i < setting.actions.size(); ++i) {
    const Action& action = *setting.actions[i];
    text += fmt::format("  action {}: {} {} revision {}, {} {} MiB, {} at once, {} s\n", i,
                        action.key.invocationNamespace(), action.key.name(),
                        action.key.revision(), action.runtime.kind, mebibytes(action.memory),
                        action.concurrency_max, seconds(action.time_limit));
  }
  return text;
}

}  // namespace owpool::simulate
