#include <catch2/catch.hpp>

#include "api_harness.h"

namespace owpool::daemon {
namespace {

using Catch::Matchers::Contains;

TEST_CASE("Annotations stand in OpenWhisk's order, initTime only after a cold start") {
  const ApiHarness api;
  api.create("hello", "x");
  const auto cold = api.expect(200, "POST", "actions/hello?blocking=true");
  std::string keys;
  for (const auto& entry : cold.member("annotations")->elements()) {
    keys += textAt(entry, "key") + " ";
  }
  CHECK(keys == "limits path kind timeout initTime waitTime start ");
  CHECK(annotationOf(cold, "path") == "guest/hello");
  CHECK(annotationOf(cold, "kind") == "nodejs:20");
  CHECK(annotationOf(cold, "timeout") == "false");
  CHECK(annotationOf(cold, "start") == "cold");
  // The container is free again once the logs are read, which the record waits for.
  api.expect(200, "GET", "activations/" + textAt(cold, "activationId"));
  std::string init_time;
  for (int i = 0; i < 100 && init_time != "absent"; ++i) {
    init_time = annotationOf(api.expect(200, "POST", "actions/hello?blocking=true"), "initTime");
  }
  CHECK(init_time == "absent");
}

TEST_CASE("A run over its time limit is annotated as a timeout") {
  ApiHarness api;
  api.factory.setRun([](const RunRequest&) {
    return RunResult{true, errorResponse(ActivationStatus::DeveloperError,
                                         "The action exceeded its time limits of 100 "
                                         "milliseconds.")};
  });
  api.create("slow", "x", R"(,"limits":{"timeout":100})");
  CHECK(annotationOf(api.expect(502, "POST", "actions/slow?blocking=true"), "timeout") == "true");
}

TEST_CASE("Activations are listed by name and time, counted, and whole on demand") {
  ApiHarness api;
  api.create("a", "x");
  api.create("b", "error");
  for (int i = 0; i < 3; ++i) {
    api.unix_millis = 1'700'000'000'000 + i * 1000;
    api.expect(200, "POST", "actions/a?blocking=true");
  }
  api.unix_millis = 1'700'000'005'000;
  api.expect(502, "POST", "actions/b?blocking=true");

  CHECK(api.expect(200, "GET", "activations").elements().size() == 4);
  CHECK(api.expect(200, "GET", "activations?limit=2").elements().size() == 2);
  CHECK(api.expect(200, "GET", "activations?skip=3").elements().size() == 1);
  CHECK(api.expect(200, "GET", "activations?name=a").elements().size() == 3);
  CHECK(api.expect(200, "GET", "activations?name=pkg/a").elements().empty());
  CHECK(api.expect(200, "GET", "activations?since=1700000001500").elements().size() == 2);
  CHECK(api.expect(200, "GET", "activations?upto=1700000001500").elements().size() == 2);
  CHECK(api.expect(200, "GET", "activations?count=true&name=a").text() == R"({"activations":3})");

  const auto newest = api.expect(200, "GET", "activations?limit=1").elements()[0];
  CHECK(textAt(newest, "name") == "b");
  CHECK(textAt(newest, "statusCode") == "1");
  CHECK_FALSE(newest.member("response"));
  CHECK_FALSE(newest.member("logs"));
  const auto whole = api.expect(200, "GET", "activations?limit=1&docs=true").elements()[0];
  CHECK(textAt(whole, "response.status") == "application error");
  CHECK(whole.member("logs")->elements().size() == 2);

  CHECK(api.expect(200, "GET", "activations?name=").elements().size() == 4);
  CHECK(api.expect(200, "GET", "activations?count=true&skip=3").text() == R"({"activations":1})");
  CHECK(textAt(api.expect(400, "GET", "activations?docs=true&count=true"), "error") ==
        "The parameter 'docs' is not permitted with 'count'.");
  CHECK(textAt(api.expect(400, "GET", "activations?name=a/b/c"), "error") ==
        "The query parameter 'name' was malformed:\n"
        "Parameter may be a 'simple' name or 'package-name/simple' name: a/b/c");
  api.expect(400, "GET", "activations?since=yesterday");
}

TEST_CASE("An activation that cannot be is told from one that is not there") {
  const ApiHarness api;
  CHECK(textAt(api.expect(400, "GET", "activations/abc"), "error") ==
        "Activation id length is 3 but must be 32.");
  CHECK_THAT(textAt(api.expect(400, "GET", "activations/" + std::string(32, 'g')), "error"),
             Contains("not valid"));
  api.expect(404, "GET", "activations/" + std::string(32, 'a'));
  api.expect(404, "GET", "activations/" + std::string(32, 'a') + "/logs");
  api.expect(405, "DELETE", "activations/" + std::string(32, 'a'));
}

}  // namespace
}  // namespace owpool::daemon
