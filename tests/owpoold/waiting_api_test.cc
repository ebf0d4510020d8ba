#include <catch2/catch.hpp>
#include <future>

#include "api_harness.h"
#include "gate.h"

namespace owpool::daemon {
namespace {

using Catch::Matchers::Contains;

TEST_CASE("A blocking invocation that outlasts its wait goes on, and its record comes later") {
  ApiHarness api;
  Gate gate;
  api.factory.setRun([&](const RunRequest&) {
    gate.pass();
    return RunResult{true, {ActivationStatus::Success, R"({"late":true})"}};
  });
  api.create("slow", "x");
  const auto answer = api.expect(202, "POST", "actions/slow?blocking=true&timeout=1");
  const std::string id = textAt(answer, "activationId");
  CHECK(id.size() == 32);
  gate.awaitWaiting(1);
  api.expect(404, "GET", "activations/" + id);
  gate.open();
  // Nobody is told when it ends: whoever wants to know asks again.
  for (int i = 0; i < 1000; ++i) {
    if (api.call("GET", "/api/v1/namespaces/_/activations/" + id).status == 200) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  CHECK(textAt(api.expect(200, "GET", "activations/" + id), "response.result") ==
        R"({"late":true})");
}

TEST_CASE("A non-blocking invocation is accepted with its id") {
  ApiHarness api;
  Gate gate;
  api.factory.setRun([&](const RunRequest&) {
    gate.pass();
    return RunResult{true, {ActivationStatus::Success, "{}"}};
  });
  api.create("hello", "x");
  const auto response = api.call("POST", "/api/v1/namespaces/_/actions/hello", "{}");
  CHECK(response.status == 202);
  const std::string id = headerOf(response, "x-openwhisk-activation-id");
  CHECK(response.body == R"({"activationId":")" + id + "\"}");
  gate.awaitWaiting(1);
  gate.open();
}

TEST_CASE("An action larger than the pool is refused with both numbers, blocking or not") {
  PoolConfig config;
  config.user_memory = ByteSize::mebibytes(300);
  const ApiHarness api(config);
  api.create("big", "x", R"(,"limits":{"memory":512})");
  for (const char* target : {"actions/big", "actions/big?blocking=true"}) {
    const auto answer = api.expect(400, "POST", target);
    CHECK_THAT(textAt(answer, "error"), Contains("512 MB"));
    CHECK_THAT(textAt(answer, "error"), Contains("300 MB"));
  }
  CHECK(api.expect(200, "GET", "activations").text() == "[]");
}

TEST_CASE("What does not fit the buffer, or comes during shutdown, is answered with 503") {
  PoolConfig config;
  config.user_memory = ByteSize::mebibytes(256);
  config.buffer_count_max = 0;
  ApiHarness api(config);
  Gate gate;
  api.factory.setRun([&](const RunRequest&) {
    gate.pass();
    return RunResult{true, {ActivationStatus::Success, "{}"}};
  });
  api.create("hello", "x");
  api.expect(202, "POST", "actions/hello");
  gate.awaitWaiting(1);
  for (const char* target : {"actions/hello", "actions/hello?blocking=true"}) {
    CHECK_THAT(textAt(api.expect(503, "POST", target), "error"), Contains("overloaded"));
  }
  api.beginShutDown();
  for (const char* target : {"actions/hello", "actions/hello?blocking=true"}) {
    CHECK_THAT(textAt(api.expect(503, "POST", target), "error"), Contains("shutting down"));
  }
  gate.open();
}

TEST_CASE("Eight at once get eight answers and eight records") {
  PoolConfig config;
  config.user_memory = ByteSize::mebibytes(4 * 256);
  const ApiHarness api(config);
  api.create("hello", "x");
  std::vector<std::future<int>> answers;
  for (int i = 0; i < 8; ++i) {
    answers.push_back(std::async(std::launch::async, [&] {
      return api.call("POST", "/api/v1/namespaces/_/actions/hello?blocking=true", "{}").status;
    }));
  }
  for (auto& answer : answers) CHECK(answer.get() == 200);
  CHECK(api.expect(200, "GET", "activations?count=true").text() == R"({"activations":8})");
  const std::string metrics = api.call("GET", "/metrics").body;
  CHECK_THAT(metrics, Contains("owpool_activations_total{status=\"success\"} 8\n"));
  CHECK_THAT(metrics, Contains("owpool_memory_limit_bytes 1073741824\n"));
}

}  // namespace
}  // namespace owpool::daemon
