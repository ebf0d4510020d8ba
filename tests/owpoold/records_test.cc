#include <catch2/catch.hpp>

#include "owpoold/records/activation_record.h"
#include "owpoold/support/random.h"
#include "owpoold/api/shapes.h"

namespace owpool::daemon {
namespace {

using namespace std::chrono_literals;
using Catch::Matchers::Contains;

TEST_CASE("Log lines have OpenWhisk's columns") {
  CHECK(formatLogs({}) == "[]");
  CHECK(formatLogs({{1517827310'400000000, LogStream::Stdout, "hi"},
                    {1517827310'000000000, LogStream::Stderr, "\"\n"},
                    {1517827310'123456789, LogStream::Stdout, ""}}) ==
        R"(["2018-02-05T10:41:50.4Z         stdout: hi",)"
        R"("2018-02-05T10:41:50Z           stderr: \"\n",)"
        R"("2018-02-05T10:41:50.123456789Z stdout: "])");
}

TEST_CASE("A record's time is that of init and run, and its start is moved back by both") {
  ActionRecord action;
  action.owner.name = "guest";
  action.name = "hello";
  action.package = "pkg";
  action.kind = "nodejs:20";
  ActivationOutcome outcome;
  outcome.id = {1, 2};
  outcome.response = {ActivationStatus::Success, "{}"};
  outcome.start = StartKind::RecreatedPrewarm;
  outcome.wait = 7ms;
  outcome.init = 30ms;
  outcome.run = 12ms;
  const ActivationRecord record = makeActivationRecord(action, outcome, 1000);
  CHECK(record.id == "00000000000000010000000000000002");
  CHECK(record.path == "pkg/hello");
  CHECK(record.duration_ms == 42);
  CHECK(record.start_ms == 958);
  CHECK(record.end_ms == 1000);
  CHECK(record.annotations ==
        R"([{"key":"limits","value":{"timeout":60000,"memory":256,"logs":10,"concurrency":1}},)"
        R"({"key":"path","value":"guest/pkg/hello"},{"key":"kind","value":"nodejs:20"},)"
        R"({"key":"timeout","value":false},{"key":"initTime","value":30},)"
        R"({"key":"waitTime","value":7},{"key":"start","value":"recreatedPrewarm"}])");
}

TEST_CASE("An activation that never ran has a record too") {
  ActivationOutcome outcome;
  outcome.response = errorResponse(ActivationStatus::WhiskError, "no container");
  const ActivationRecord record = makeActivationRecord({}, outcome, 1000);
  CHECK(record.duration_ms == 0);
  CHECK(record.start_ms == 1000);
  CHECK_THAT(record.annotations, !Contains("initTime"));
  CHECK_THAT(activationJson(record), Contains(R"("status":"whisk internal error")"));
}

TEST_CASE("Random names are of the alphabet and do not repeat") {
  const std::string text = randomLettersAndDigits(1000);
  CHECK(text.size() == 1000);
  CHECK(text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789") ==
        std::string::npos);
  CHECK(text != randomLettersAndDigits(1000));
  const std::string uuid = randomUuid();
  CHECK(uuid.size() == 36);
  CHECK(uuid[14] == '4');
  CHECK(std::string("89ab").find(uuid[19]) != std::string::npos);
  CHECK(randomActivationId() != randomActivationId());
}

}  // namespace
}  // namespace owpool::daemon
