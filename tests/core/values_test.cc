#include <catch2/catch.hpp>

#include "owpool/health.h"
#include "owpool/version.h"
#include "tests/core/builders.h"

namespace owpool {
namespace {

TEST_CASE("the library is of the version of its headers") {
  CHECK(version() == std::to_string(OWPOOL_VERSION_MAJOR) + "." +
                         std::to_string(OWPOOL_VERSION_MINOR) + "." +
                         std::to_string(OWPOOL_VERSION_PATCH));
}

TEST_CASE("an activation id is 32 hexadecimal digits, both ways") {
  const auto id = ActivationId::parse("0123456789abcdefFEDCBA9876543210");
  REQUIRE(id.has_value());
  CHECK(id->high == 0x0123456789abcdefULL);
  CHECK(id->toString() == "0123456789abcdeffedcba9876543210");
  for (const auto* bad : {"", "0123", "0123456789abcdeffedcba987654321g",
                          "0123456789abcdeffedcba98765432100"}) {
    CAPTURE(bad);
    CHECK_FALSE(ActivationId::parse(bad).has_value());
  }
}

TEST_CASE("an error response is valid JSON whatever the message holds") {
  struct Row {
    std::string message;
    std::string expected;
  };
  const auto row = GENERATE(values<Row>({
      {"plain", R"({"error":"plain"})"},
      {"a \"quoted\" \\ path", R"({"error":"a \"quoted\" \\ path"})"},
      {"two\nlines\x01", R"({"error":"two\u000alines\u0001"})"},
      {"gr\xC3\xBC\xC3\x9F \xF0\x9F\x98\x80",
       "{\"error\":\"gr\xC3\xBC\xC3\x9F \xF0\x9F\x98\x80\"}"},
      {"bad \xC3 utf \xED\xA0\x80", "{\"error\":\"bad \xEF\xBF\xBD utf "
                                     "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"}"},
  }));
  const ActivationResponse response = errorResponse(ActivationStatus::WhiskError, row.message);
  CHECK(response.result == row.expected);
  CHECK(response.status == ActivationStatus::WhiskError);
}

TEST_CASE("a time limit is told in OpenWhisk's words, and known by them") {
  const ActivationResponse run = timeLimitResponse(ContainerCall::Run, 1500ms);
  CHECK(run == errorResponse(ActivationStatus::DeveloperError,
                             "The action exceeded its time limits of 1500 milliseconds."));
  CHECK(isTimeLimitResponse(run, 1500ms));
  CHECK_FALSE(isTimeLimitResponse(run, 1501ms));
  const ActivationResponse init = timeLimitResponse(ContainerCall::Init, 100ms);
  CHECK(init.result == R"({"error":"The action exceeded its time limits of 100 milliseconds )"
                       R"(during initialization."})");
  CHECK(isTimeLimitResponse(init, 100ms));
  const auto crash = errorResponse(ActivationStatus::DeveloperError, "crash");
  CHECK_FALSE(isTimeLimitResponse(crash, 1500ms));
}

TEST_CASE("a container is unhealthy after so many failures in a row, and said to be so once") {
  HealthConfig config;
  config.failures_max = 2;
  HealthTracker tracker;
  CHECK_FALSE(tracker.becomesUnhealthy(ProbeResult::Unreachable, config));
  CHECK_FALSE(tracker.becomesUnhealthy(ProbeResult::Reachable, config));
  CHECK_FALSE(tracker.becomesUnhealthy(ProbeResult::Unreachable, config));
  CHECK(tracker.becomesUnhealthy(ProbeResult::Unreachable, config));
  CHECK_FALSE(tracker.becomesUnhealthy(ProbeResult::Unreachable, config));
}

TEST_CASE("a container is kept only after a sound end whose logs were read") {
  CHECK(fateAfter(ActivationStatus::Success, true) == ContainerFate::Reusable);
  CHECK(fateAfter(ActivationStatus::ApplicationError, true) == ContainerFate::Reusable);
  CHECK(fateAfter(ActivationStatus::Success, false) == ContainerFate::Broken);
  CHECK(fateAfter(ActivationStatus::DeveloperError, true) == ContainerFate::Broken);
  CHECK(fateAfter(ActivationStatus::WhiskError, true) == ContainerFate::Broken);
}

}  // namespace
}  // namespace owpool
