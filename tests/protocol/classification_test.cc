#include <string>

#include <catch2/catch.hpp>

#include "owpool/action_protocol.h"

namespace owpool {
namespace {

constexpr Duration kLimit = std::chrono::milliseconds(1500);
constexpr Duration kSoon = std::chrono::milliseconds(10);

struct Row {
  std::string what;
  CallEnd end;
  Duration elapsed;
  bool memory_exhausted;
  bool delivered;
  ActivationStatus status;
  std::string result;  // Of what was delivered.
};

call::Answered answered(int status, const std::string& body) {
  return {status, body, static_cast<std::int64_t>(body.size())};
}

call::Answered cut(int status, const std::string& body) { return {status, body, 123456}; }

CallFacts factsOf(const Row& row) {
  return {row.end, row.elapsed, kLimit, ByteSize::bytes(1000), row.memory_exhausted};
}

std::string error(const std::string& message) { return "{\"error\":\"" + message + "\"}"; }

constexpr auto kSuccess = ActivationStatus::Success;
constexpr auto kApplication = ActivationStatus::ApplicationError;
constexpr auto kDeveloper = ActivationStatus::DeveloperError;
constexpr auto kWhisk = ActivationStatus::WhiskError;

const std::string kCut =
    "The action produced a response that exceeded the allowed length: 123456 > 1000 bytes. "
    "The truncated response was: ";
const std::string kMemory = error("The action exhausted its memory and was aborted.");

TEST_CASE("the end of a call of /init is classified as OpenWhisk does") {
  const std::string late =
      error("The action exceeded its time limits of 1500 milliseconds during initialization.");
  const std::string abnormal = error("The action did not initialize and exited unexpectedly.");
  const std::string invalid = "The action failed during initialization";
  const auto row = GENERATE_COPY(values<Row>({
      {"ok", answered(200, ""), kSoon, false, true, kSuccess, "{}"},
      {"ok, whatever it says", answered(200, "{\"error\":1}"), kSoon, false, true, kSuccess, "{}"},
      {"ok and memory", answered(200, "ok"), kSoon, true, true, kSuccess, "{}"},
      {"shutting down", answered(503, "{\"error\":1}"), kSoon, false, false, kWhisk, ""},
      {"shutting down late", answered(503, ""), kLimit, false, false, kWhisk, ""},
      {"late", answered(200, ""), kLimit, false, true, kDeveloper, late},
      {"late and cut", cut(200, "x"), kLimit, false, true, kDeveloper, late},
      {"late and broken", answered(500, "x"), 2 * kLimit, true, true, kDeveloper, late},
      {"timed out", call::TimedOut{}, kLimit, true, true, kDeveloper, late},
      {"never up", call::NotConnected{}, kLimit, false, true, kDeveloper, late},
      {"given up", call::NotConnected{}, kSoon, false, false, kWhisk, ""},
      {"cut", cut(200, "abc"), kSoon, false, true, kDeveloper, error(kCut + "abc")},
      {"cut error", cut(502, "{\\\"error"), kSoon, false, true, kDeveloper,
       error(kCut + "{\\\\\\\"error")},
      {"error", answered(502, "{\"a\":1,\"error\": {\"x\" : 1.0} }"), kSoon, false, true,
       kDeveloper, "{\"error\":{\"x\" : 1.0}}"},
      {"error, status 400", answered(400, "{\"error\":\"no\"}"), kSoon, false, true, kDeveloper,
       error("no")},
      {"error of null", answered(502, "{\"error\":null}"), kSoon, false, true, kDeveloper,
       "{\"error\":null}"},
      {"no error", answered(502, "{\"a\":1}"), kSoon, false, true, kDeveloper,
       error(invalid + ": {\\\"a\\\":1}")},
      {"scalar", answered(500, "1"), kSoon, false, true, kDeveloper, error(invalid + ": 1")},
      {"array", answered(500, "[1]"), kSoon, false, true, kDeveloper, error(invalid + ": [1]")},
      {"no JSON", answered(404, "Not found"), kSoon, true, true, kDeveloper,
       error(invalid + ": Not found")},
      {"same key twice", answered(500, "{\"error\":1,\"error\":2}"), kSoon, false, true, kDeveloper,
       error(invalid + ": {\\\"error\\\":1,\\\"error\\\":2}")},
      {"empty", answered(500, ""), kSoon, false, true, kDeveloper, error(invalid + ".")},
      {"memory", call::ConnectionLost{}, kSoon, true, true, kDeveloper, kMemory},
      {"memory, silent", call::NoResponse{}, kSoon, true, true, kDeveloper, kMemory},
      {"lost", call::ConnectionLost{}, kSoon, false, true, kDeveloper, abnormal},
      {"silent", call::NoResponse{}, kSoon, false, true, kDeveloper, abnormal},
      {"no content", answered(204, ""), kSoon, false, true, kDeveloper, abnormal},
      {"timed out early", call::TimedOut{}, kSoon, false, true, kDeveloper, abnormal},
  }));
  CAPTURE(row.what);
  const InitResult result = classifyInit(factsOf(row));
  CHECK(result.delivered == row.delivered);
  CHECK(result.response.status == row.status);
  if (row.delivered) CHECK(result.response.result == row.result);
}

TEST_CASE("the end of a call of /run is classified as OpenWhisk does") {
  const std::string late = error("The action exceeded its time limits of 1500 milliseconds.");
  const std::string abnormal =
      error("The action did not produce a valid response and exited unexpectedly.");
  const std::string invalid = "The action did not produce a valid JSON response";
  const std::string object = "{ \"z\": 1.0e2, \"a\": 12345678901234567890123 }";
  const auto row = GENERATE_COPY(values<Row>({
      {"object", answered(200, object), kSoon, false, true, kSuccess, object},
      {"empty object", answered(200, " {}\n"), kSoon, false, true, kSuccess, "{}"},
      {"object and memory", answered(200, object), kSoon, true, true, kSuccess, object},
      {"array", answered(200, "[1, {\"error\":2}]"), kSoon, false, true, kSuccess,
       "[1, {\"error\":2}]"},
      {"error", answered(200, "{\"a\":1,\"error\": \"x\"}"), kSoon, false, true, kApplication,
       error("x")},
      {"error of null", answered(200, "{\"error\":null}"), kSoon, false, true, kApplication,
       "{\"error\":null}"},
      {"nested error", answered(200, "{\"a\":{\"error\":1}}"), kSoon, false, true, kSuccess,
       "{\"a\":{\"error\":1}}"},
      {"shutting down", answered(503, object), kSoon, false, false, kWhisk, ""},
      {"shutting down late", answered(503, object), kLimit, false, false, kWhisk, ""},
      {"not connected", call::NotConnected{}, kSoon, false, false, kWhisk, ""},
      {"not connected late", call::NotConnected{}, kLimit, true, false, kWhisk, ""},
      {"late", answered(200, object), kLimit, false, true, kDeveloper, late},
      {"late and cut", cut(200, "x"), kLimit, false, true, kDeveloper, late},
      {"timed out", call::TimedOut{}, kLimit, true, true, kDeveloper, late},
      {"lost late", call::ConnectionLost{}, kLimit, true, true, kDeveloper, late},
      {"cut", cut(200, "abc"), kSoon, false, true, kApplication, error(kCut + "abc")},
      {"cut error", cut(502, "abc"), kSoon, true, true, kApplication, error(kCut + "abc")},
      {"status 502, error", answered(502, "{\"error\": [1] }"), kSoon, false, true, kDeveloper,
       "{\"error\":[1]}"},
      {"status 201, error", answered(201, "{\"error\":1}"), kSoon, false, true, kDeveloper,
       "{\"error\":1}"},
      {"status 500, no error", answered(500, "{}"), kSoon, false, true, kDeveloper,
       error(invalid + ": {}")},
      {"status 201, object", answered(201, "{}"), kSoon, false, true, kDeveloper,
       error(invalid + ": {}")},
      {"status 302, array", answered(302, "[]"), kSoon, false, true, kDeveloper,
       error(invalid + ": []")},
      {"number", answered(200, "1"), kSoon, false, true, kDeveloper, error(invalid + ": 1")},
      {"string", answered(200, "\"s\""), kSoon, false, true, kDeveloper,
       error(invalid + ": \\\"s\\\"")},
      {"null", answered(200, "null"), kSoon, false, true, kDeveloper, error(invalid + ": null")},
      {"no JSON", answered(200, "{\"a\":"), kSoon, false, true, kDeveloper,
       error(invalid + ": {\\\"a\\\":")},
      {"not UTF-8", answered(200, "{\"a\":\"\xFF\"}"), kSoon, false, true, kDeveloper,
       error(invalid + ": {\\\"a\\\":\\\"\xEF\xBF\xBD\\\"}")},
      {"same key twice", answered(200, "{\"a\":1,\"a\":2}"), kSoon, false, true, kDeveloper,
       error(invalid + ": {\\\"a\\\":1,\\\"a\\\":2}")},
      {"empty", answered(200, ""), kSoon, true, true, kDeveloper, error(invalid + ".")},
      {"empty 500", answered(500, ""), kSoon, false, true, kDeveloper, error(invalid + ".")},
      {"memory", call::ConnectionLost{}, kSoon, true, true, kDeveloper, kMemory},
      {"memory, silent", call::NoResponse{}, kSoon, true, true, kDeveloper, kMemory},
      {"lost", call::ConnectionLost{}, kSoon, false, true, kDeveloper, abnormal},
      {"silent", call::NoResponse{}, kSoon, false, true, kDeveloper, abnormal},
      {"no content", answered(204, ""), kSoon, false, true, kDeveloper, abnormal},
      {"timed out early", call::TimedOut{}, kSoon, false, true, kDeveloper, abnormal},
  }));
  CAPTURE(row.what);
  const RunResult result = classifyRun(factsOf(row));
  CHECK(result.delivered == row.delivered);
  CHECK(result.response.status == row.status);
  if (row.delivered) CHECK(result.response.result == row.result);
}

TEST_CASE("what a hostile container answers cannot break the classification") {
  const std::string deep(1'000'000, '[');
  const auto run = classifyRun({answered(200, deep), kSoon, kLimit, ByteSize::mebibytes(1), false});
  CHECK(run.response.status == kDeveloper);
  const auto number = classifyRun(
      {answered(200, "{\"a\":1e-999999999}"), kSoon, kLimit, ByteSize::mebibytes(1), false});
  CHECK(number.response.status == kDeveloper);
  const auto init = classifyInit(
      {answered(500, std::string("{}\0", 3)), kSoon, kLimit, ByteSize::mebibytes(1), false});
  CHECK(init.response.result == error("The action failed during initialization: {}\\u0000"));
}

}  // namespace
}  // namespace owpool
