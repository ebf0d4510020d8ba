#include "owpool/pool_config.h"

#include <catch2/catch.hpp>

#include <functional>

#include "tests/core/builders.h"

namespace owpool {
namespace {

TEST_CASE("the default configuration is valid") { CHECK(PoolConfig{}.validate().ok()); }

TEST_CASE("a broken rule is refused by the name of its field") {
  struct Row {
    std::string field;
    std::function<void(PoolConfig&)> breakIt;
  };
  const auto row = GENERATE(values<Row>({
      {"user_memory", [](auto& c) { c.user_memory = 0_MiB; }},
      {"prewarms[0].memory", [](auto& c) { c.prewarms = {{kNode, 0_MiB, 1}}; }},
      {"prewarms[0].count", [](auto& c) { c.prewarms = {{kNode, 1_MiB, -1}}; }},
      {"prewarms[1]", [](auto& c) { c.prewarms = {{kNode, 1_MiB, 1}, {kNode, 1_MiB, 2}}; }},
      {"pause_grace", [](auto& c) { c.pause_grace = -1ns; }},
      {"idle_timeout", [](auto& c) { c.idle_timeout = 0s; }},
      {"prewarm_health.period", [](auto& c) { c.prewarm_health.period = 0s; }},
      {"prewarm_health.timeout", [](auto& c) { c.prewarm_health.timeout = 0s; }},
      {"prewarm_health.failures_max", [](auto& c) { c.prewarm_health.failures_max = 0; }},
      {"start_backoff.first", [](auto& c) { c.start_backoff.first = 0s; }},
      {"start_backoff.max", [](auto& c) { c.start_backoff.max = 1ns; }},
      {"removal_backoff.first", [](auto& c) { c.removal_backoff.first = 0s; }},
      {"feed_credits", [](auto& c) { c.feed_credits = -1; }},
      {"start_timeout", [](auto& c) { c.start_timeout = 0s; }},
      {"pause_timeout", [](auto& c) { c.pause_timeout = 0s; }},
      {"removal_timeout", [](auto& c) { c.removal_timeout = 0s; }},
      {"call_grace", [](auto& c) { c.call_grace = 0s; }},
      {"logs_timeout", [](auto& c) { c.logs_timeout = 0s; }},
      {"buffer_count_max", [](auto& c) { c.buffer_count_max = -1; }},
      {"reschedules_max", [](auto& c) { c.reschedules_max = -1; }},
      {"waiting_report_interval", [](auto& c) { c.waiting_report_interval = 0s; }},
  }));
  CAPTURE(row.field);
  PoolConfig config;
  row.breakIt(config);
  const absl::Status status = config.validate();
  CHECK(status.code() == absl::StatusCode::kInvalidArgument);
  CHECK_THAT(std::string(status.message()),
             Catch::Matchers::StartsWith("PoolConfig." + row.field + ":"));
  CHECK(Pool::create(config).status() == status);
}

}  // namespace
}  // namespace owpool
