#include "tests/scenario/pool_options.h"

#include <fmt/format.h>

#include <functional>
#include <sstream>

namespace owpool::scenario {
namespace {

struct Option {
  const char* name;
  std::function<void(PoolConfig&, const std::string&)> set;
};

Option number(const char* name, int PoolConfig::*field) {
  return {name, [field](PoolConfig& config, const std::string& value) {
            config.*field = parseNumber(value);
          }};
}

Option duration(const char* name, Duration PoolConfig::*field) {
  return {name, [field](PoolConfig& config, const std::string& value) {
            config.*field = parseDuration(value);
          }};
}

// "100ms..1m".
Option backoff(const char* name, Backoff PoolConfig::*field) {
  return {name, [field](PoolConfig& config, const std::string& value) {
            const std::size_t dots = value.find("..");
            if (dots == std::string::npos) fail(fmt::format("\"{}\" is not FIRST..MAX", value));
            config.*field = {parseDuration(value.substr(0, dots)),
                             parseDuration(value.substr(dots + 2))};
          }};
}

void setReactive(ReactivePrewarm& reactive, const std::string& part) {
  const std::size_t equals = part.find('=');
  if (equals == std::string::npos) fail(fmt::format("\"{}\" is not NAME=VALUE", part));
  const std::string value = part.substr(equals + 1);
  switch (parseChoice(part.substr(0, equals), {"min", "max", "ttl", "threshold", "increment"})) {
    case 0: reactive.count_min = parseNumber(value); return;
    case 1: reactive.count_max = parseNumber(value); return;
    case 2: reactive.time_to_live = parseDuration(value); return;
    case 3: reactive.threshold = parseNumber(value); return;
    default: reactive.increment = parseNumber(value);
  }
}

// "nodejs:20/256x2", and if it is reactive ",min=0,max=4,ttl=2m,threshold=1,increment=1"
// or a part of it.
PrewarmConfig parsePrewarm(const std::string& text) {
  std::istringstream in(text);
  std::string part;
  std::getline(in, part, ',');
  const std::size_t slash = part.find('/');
  const std::size_t times = part.find('x', slash == std::string::npos ? part.size() : slash);
  if (times == std::string::npos) fail(fmt::format("\"{}\" is not KIND/MEMORYxCOUNT", part));
  PrewarmConfig prewarm;
  prewarm.runtime.kind = part.substr(0, slash);
  prewarm.memory = parseMemory(part.substr(slash + 1, times - slash - 1));
  prewarm.count = parseNumber(part.substr(times + 1));
  while (std::getline(in, part, ',')) {
    if (!prewarm.reactive) prewarm.reactive.emplace();
    setReactive(*prewarm.reactive, part);
  }
  return prewarm;
}

// Every option of PoolConfig, in its order there.
const std::vector<Option>& options() {
  static const auto* const all = new std::vector<Option>{
      {"memory", [](PoolConfig& c, const std::string& v) { c.user_memory = parseMemory(v); }},
      {"prewarm",
       [](PoolConfig& c, const std::string& v) { c.prewarms.push_back(parsePrewarm(v)); }},
      {"release",
       [](PoolConfig& c, const std::string& v) {
         c.memory_accounting.release =
             static_cast<MemoryRelease>(parseChoice(v, {"confirmed", "start"}));
       }},
      {"prewarms",
       [](PoolConfig& c, const std::string& v) {
         c.memory_accounting.prewarms =
             static_cast<PrewarmAccounting>(parseChoice(v, {"separate", "shared"}));
       }},
      {"discipline",
       [](PoolConfig& c, const std::string& v) {
         c.queue_discipline =
             static_cast<QueueDiscipline>(parseChoice(v, {"fifo", "warm-bypass"}));
       }},
      duration("bypass-age", &PoolConfig::bypass_age_max),
      duration("nonblocking-age", &PoolConfig::nonblocking_age_max),
      duration("prewarm-check-delay", &PoolConfig::prewarm_check_delay),
      duration("prewarm-check-interval", &PoolConfig::prewarm_check_interval),
      number("prewarm-expiration-limit", &PoolConfig::prewarm_expiration_limit),
      number("prewarm-retries", &PoolConfig::prewarm_retries_max),
      {"pause-grace",
       [](PoolConfig& c, const std::string& v) {
         c.pause_grace = v == "never" ? std::nullopt : std::optional(parseDuration(v));
       }},
      duration("idle-timeout", &PoolConfig::idle_timeout),
      {"probe-period",
       [](PoolConfig& c, const std::string& v) { c.prewarm_health.period = parseDuration(v); }},
      {"probe-timeout",
       [](PoolConfig& c, const std::string& v) { c.prewarm_health.timeout = parseDuration(v); }},
      {"probe-failures",
       [](PoolConfig& c, const std::string& v) { c.prewarm_health.failures_max = parseNumber(v); }},
      backoff("start-backoff", &PoolConfig::start_backoff),
      backoff("removal-backoff", &PoolConfig::removal_backoff),
      number("credits", &PoolConfig::feed_credits),
      duration("start-timeout", &PoolConfig::start_timeout),
      duration("pause-timeout", &PoolConfig::pause_timeout),
      duration("removal-timeout", &PoolConfig::removal_timeout),
      duration("call-grace", &PoolConfig::call_grace),
      duration("logs-timeout", &PoolConfig::logs_timeout),
      number("buffer", &PoolConfig::buffer_count_max),
      number("starts-in-flight", &PoolConfig::starts_in_flight_max),
      number("reschedules", &PoolConfig::reschedules_max),
      number("shutdown-removal-tries", &PoolConfig::shutdown_removal_tries_max),
      duration("waiting-report", &PoolConfig::waiting_report_interval),
  };
  return *all;
}

}  // namespace

PoolConfig takePoolConfig(Command& command) {
  PoolConfig config;
  for (const Option& option : options()) {
    while (const auto value = command.takeOption(option.name)) option.set(config, *value);
  }
  config.prewarm_health.enabled = command.takeFlag("probes");
  if (command.takeFlag("blocking-first")) {
    config.blocking_priority = BlockingPriority::BlockingFirst;
  }
  command.endOfCommand();
  return config;
}

}  // namespace owpool::scenario
