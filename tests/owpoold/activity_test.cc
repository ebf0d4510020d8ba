#include "owpoold/admin/activity.h"

#include <catch2/catch.hpp>

namespace owpool::daemon {
namespace {

using namespace std::chrono_literals;

ActivationOutcome ran(StartKind start, Duration wait, Duration run) {
  ActivationOutcome outcome;
  outcome.start = start;
  outcome.wait = wait;
  outcome.run = run;
  return outcome;
}

TEST_CASE("percentiles are those of the values that there are") {
  CHECK(!percentilesOf({}));
  CHECK(percentilesOf({7ms})->p50 == 7ms);
  CHECK(percentilesOf({7ms})->p99 == 7ms);
  std::vector<Duration> hundred;
  for (int i = 100; i > 0; --i) hundred.push_back(std::chrono::milliseconds(i));
  CHECK(percentilesOf(hundred)->p50 == 50ms);
  CHECK(percentilesOf(hundred)->p99 == 99ms);
}

TEST_CASE("only what ended within the window counts, all of it and by action") {
  Activity activity;
  activity.add("guest/a", ran(StartKind::Cold, 500ms, 9ms), TimePoint(10s));
  activity.add("guest/a", ran(StartKind::Warmed, 1ms, 3ms), TimePoint(50s));
  activity.add("guest/b", ran(StartKind::Cold, 400ms, 5ms), TimePoint(55s));
  const auto summary = activity.summarize(30s, TimePoint(60s));
  CHECK(summary.window == 30s);
  CHECK(summary.all.count == 2);
  CHECK(summary.all.starts[static_cast<std::size_t>(StartKind::Cold)] == 1);
  CHECK(summary.all.wait->p99 == 400ms);
  CHECK(summary.all.run->p50 == 3ms);
  REQUIRE(summary.by_action.size() == 2);
  CHECK(summary.by_action.at("guest/a").count == 1);
  CHECK(summary.by_action.at("guest/a").run->p99 == 3ms);
}

TEST_CASE("where there were too many to remember, the window is said to be shorter") {
  Activity activity(2);
  for (int i = 1; i <= 3; ++i) {
    activity.add("a", ran(StartKind::Warmed, 1ms, 1ms), TimePoint(std::chrono::seconds(i)));
  }
  const auto summary = activity.summarize(60s, TimePoint(4s));
  CHECK(summary.all.count == 2);
  CHECK(summary.window == 2s);
}

}  // namespace
}  // namespace owpool::daemon
