#include <signal.h>

#include <catch2/catch.hpp>
#include <chrono>

#include "owpoold/operation/live_options.h"
#include "owpoold/operation/signals.h"
#include "owpoold/operation/state_dump.h"

namespace owpool::daemon {
namespace {

using Catch::Matchers::Contains;

TEST_CASE("signals are told one by one, in the order in which they come") {
  const auto signals = Signals::install();
  REQUIRE(signals.ok());
  for (const int number : {SIGHUP, SIGUSR1, SIGINT, SIGTERM}) {
    ::raise(number);
    CHECK(signals->wait() == number);
  }
  signals->stopWaiting();
  CHECK(signals->wait() == std::nullopt);
  ::raise(SIGPIPE);  // Nothing comes of these two.
  ::raise(SIGXFSZ);
  CHECK(isEnding(SIGTERM));
  CHECK(isEnding(SIGINT));
  CHECK_FALSE(isEnding(SIGHUP));
  CHECK(signalName(SIGUSR1) == "SIGUSR1");
}

TEST_CASE("options that are read again are the live ones, unless they are wrong") {
  Options options;
  options.drain_timeout = std::chrono::seconds(3);
  LiveOptions live(options);
  CHECK_FALSE(live.reload([](const Options&) { return absl::InvalidArgumentError("wrong"); }));
  CHECK(live.get().drain_timeout == std::chrono::seconds(3));
  const auto reloaded = live.reload([](const Options& current) {
    CHECK(current.drain_timeout == std::chrono::seconds(3));
    Reloaded result{current, {"drain-timeout"}, {"listen"}};
    result.options.drain_timeout = std::chrono::seconds(4);
    return result;
  });
  REQUIRE(reloaded);
  CHECK(reloaded->drain_timeout == std::chrono::seconds(4));
  CHECK(live.get().drain_timeout == std::chrono::seconds(4));
}

TEST_CASE("the pool's state is a line, and one more for each container") {
  auto action = std::make_shared<Action>();
  action->key = ActionKey("guest", "guest/hello", "1");
  ContainerTable table;
  table.add({{1}, action->memory, Prewarmed{{"nodejs:20", "nodejs:20"}}});
  table.add({{2}, action->memory, Warmed{action, 0, TimePoint(), WarmPhase::Paused}});
  table.add({{3}, action->memory, Removing{RemovalCause::Evicted}});
  PoolStats stats;
  stats.buffered_count = 4;
  const auto lines = stateLines(LogFormat::Text, 0, stats, table);
  REQUIRE(lines.size() == 4);
  CHECK_THAT(lines[0], Contains("msg=\"pool\" containers=\"3\"") && Contains("buffered=\"4\""));
  CHECK_THAT(lines[1], Contains("container=\"1\" state=\"prewarmed\" memory_mb=\"256\""));
  CHECK_THAT(lines[2], Contains("state=\"warmed/paused\"") && Contains("action=\"guest/hello\""));
  CHECK_THAT(lines[3], Contains("state=\"removing/evicted\""));
}

}  // namespace
}  // namespace owpool::daemon
