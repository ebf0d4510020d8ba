#include <catch2/catch.hpp>
#include <mutex>

#include "absl/strings/escaping.h"
#include "api_harness.h"
#include "gate.h"

namespace owpool::daemon {
namespace {

using Catch::Matchers::Contains;

constexpr const char* kBase = "/api/v1/namespaces/_/";
constexpr const char* kHello = R"({"exec":{"kind":"nodejs:default","code":"x"},)"
                               R"("annotations":[{"key":"provide-api-key","value":true}]})";

TEST_CASE("Two namespaces have the same names and share nothing") {
  ApiHarness api;
  std::mutex mutex;
  std::string told;
  api.factory.setRun([&](const RunRequest& request) {
    std::lock_guard lock(mutex);
    told.clear();
    for (const auto& [name, value] : request.context) {
      if (name == "namespace" || name == "action_name" || name == "api_key") told += value + " ";
    }
    return RunResult{true, {ActivationStatus::Success, "{}"}};
  });
  const ApiKey bob = *api.namespaces().create("bob");
  const auto as = [&](const ApiKey& key, const std::string& method, const std::string& target,
                      const std::string& body = "") {
    const auto response = api.callAs(key, method, kBase + target, body);
    INFO(response.body);
    REQUIRE(response.status == 200);
    return *json::parse(response.body);
  };
  CHECK(api.callAs(bob, "GET", "/api/v1/namespaces").body == R"(["bob"])");
  CHECK(api.callAs(bob, "GET", "/api/v1/namespaces/bob/actions").status == 200);
  CHECK(api.callAs(bob, "GET", "/api/v1/namespaces/guest/actions").status == 403);
  CHECK(api.callAs(api.key(), "GET", "/api/v1/namespaces/bob/actions").status == 403);

  for (const ApiKey& key : {api.key(), bob}) {
    const std::string name = key.uuid == bob.uuid ? "bob" : "guest";
    CHECK(textAt(as(key, "PUT", "actions/pkg/hello", kHello), "namespace") == name + "/pkg");
    const auto answer = as(key, "POST", "actions/pkg/hello?blocking=true");
    CHECK(textAt(answer, "namespace") == name);
    CHECK(textAt(answer, "subject") == name);
    CHECK(annotationOf(answer, "path") == name + "/pkg/hello");
    CHECK(annotationOf(answer, "start") == "cold");
    CHECK(told == name + " /" + name + "/pkg/hello " + key.text() + " ");
  }
  const auto list = as(bob, "GET", "activations?docs=true").elements();
  REQUIRE(list.size() == 1);
  CHECK(textAt(list[0], "namespace") == "bob");
  const std::string id = textAt(list[0], "activationId");
  CHECK(api.callAs(bob, "GET", kBase + ("activations/" + id)).status == 200);
  for (const char* part : {"", "/result", "/logs"}) {
    CHECK(api.callAs(api.key(), "GET", kBase + ("activations/" + id + part)).status == 404);
  }
  as(bob, "DELETE", "actions/pkg/hello");
  CHECK(api.callAs(bob, "POST", kBase + std::string("actions/pkg/hello")).status == 404);
  CHECK(as(api.key(), "GET", "actions?count=true").text() == R"({"actions":1})");
}

TEST_CASE("A wrong key and a key of nobody are answered alike") {
  ApiHarness api;
  const auto answer = [&](const ApiKey& key) {
    auto response = api.call("GET", "/api/v1/namespaces", "",
                             {{"Authorization", "Basic " + absl::Base64Escape(key.text())},
                              {"X-Request-ID", "tid"}});
    return std::to_string(response.status) + response.body +
           headerOf(response, "WWW-Authenticate") + std::to_string(response.headers.size());
  };
  const ApiKey wrong{api.key().uuid, ApiKey::random().key};
  const std::string first = answer(wrong);
  CHECK(first == answer(ApiKey::random()));
  CHECK_THAT(first, Contains("The supplied authentication is invalid"));
}

TEST_CASE("An address with many wrong keys is told to wait, its right key works") {
  ApiHarness api;
  const auto status = [&] { return api.callAs(ApiKey{"a", "b"}, "GET", "/api/v1/namespaces"); };
  for (int i = 0; i < FailedAttempts::kPerMinuteMax; ++i) REQUIRE(status().status == 401);
  const auto refused = status();
  CHECK(refused.status == 429);
  CHECK(headerOf(refused, "Retry-After") == "60");
  CHECK(api.call("GET", "/api/v1/namespaces").status == 200);
  api.unix_millis += 60000;
  CHECK(status().status == 401);
}

TEST_CASE("A namespace has as many invocations at once as it may, blocking or not") {
  ApiHarness api;
  Gate gate;
  api.factory.setRun([&](const RunRequest&) {
    gate.pass();
    return RunResult{true, {ActivationStatus::Success, "{}"}};
  });
  api.create("slow", "x");
  REQUIRE(api.namespaces().setLimits("guest", {2, std::nullopt}).ok());
  const ApiKey bob = *api.namespaces().create("bob");
  const auto first = api.call("POST", std::string(kBase) + "actions/slow", "{}");
  CHECK(first.status == 202);
  CHECK(api.expect(202, "POST", "actions/slow?blocking=true&timeout=1").isObject());
  gate.awaitWaiting(2);

  const auto throttled = api.call("POST", std::string(kBase) + "actions/slow?blocking=true");
  CHECK(throttled.status == 429);
  CHECK_THAT(throttled.body,
             Contains(R"({"error":"Too many concurrent requests in flight (count: 2, )"
                      R"(allowed: 2).","code":")"));
  CHECK(headerOf(throttled, "x-openwhisk-activation-id").empty());
  CHECK(api.callAs(bob, "PUT", std::string(kBase) + "actions/x", kHello).status == 200);
  CHECK(api.callAs(bob, "POST", std::string(kBase) + "actions/x").status == 202);
  api.expect(200, "GET", "actions/slow");
  CHECK_THAT(api.call("GET", "/metrics").body,
             Contains("owpool_throttled_total{limit=\"concurrent\"} 1\n"));

  gate.open();
  api.awaitActivations(2);
  // One after the other, each as soon as the one before was answered.
  REQUIRE(api.namespaces().setLimits("guest", {1, std::nullopt}).ok());
  for (int i = 0; i < 50; ++i) api.expect(200, "POST", "actions/slow?blocking=true");
  api.awaitActivations(52);
  CHECK(api.namespaces().find("guest")->throttle->concurrent() == 0);
}

TEST_CASE("A namespace has as many invocations in a minute as it may") {
  ApiHarness api;
  api.create("hello", "x");
  REQUIRE(api.namespaces().setLimits("guest", {std::nullopt, 2}).ok());
  const auto invoke = [&] { return api.call("POST", std::string(kBase) + "actions/hello", "{}"); };
  CHECK(invoke().status == 202);
  api.expect(404, "POST", "actions/unknown");  // Counts as well, as with OpenWhisk.
  const auto throttled = invoke();
  CHECK(throttled.status == 429);
  CHECK_THAT(throttled.body,
             Contains("Too many requests in the last minute (count: 3, allowed: 2)."));
  api.unix_millis += 60000;
  CHECK(invoke().status == 202);
  api.awaitActivations(2);
  CHECK(api.expect(200, "GET", "activations?count=true").text() == R"({"activations":2})");
  CHECK_THAT(api.call("GET", "/metrics").body,
             Contains("owpool_throttled_total{limit=\"per_minute\"} 1\n"));
}

TEST_CASE("What never ran holds no place") {
  PoolConfig config;
  config.user_memory = ByteSize::mebibytes(300);
  ApiHarness api(config);
  REQUIRE(api.namespaces().setLimits("guest", {1, std::nullopt}).ok());
  api.create("large", "x", R"(,"limits":{"memory":512})");
  api.create("hello", "x");
  for (const char* target : {"actions/large?blocking=true", "actions/large",
                             "actions/hello?blocking=maybe", "actions/hello?timeout=0"}) {
    for (int i = 0; i < 5; ++i) api.expect(400, "POST", target, "{}");
  }
  for (int i = 0; i < 5; ++i) api.expect(404, "POST", "actions/unknown");
  api.expect(200, "POST", "actions/hello?blocking=true", "{}");
}

TEST_CASE("Clients are shown the limits that hold") {
  ApiHarness api;
  const auto limits = [&] { return api.expect(200, "GET", "limits"); };
  CHECK(textAt(limits(), "concurrentInvocations") == "1000");
  CHECK(textAt(limits(), "invocationsPerMinute") == "999999");
  api.namespaces().setDefaultLimits({30, 60});
  REQUIRE(api.namespaces().setLimits("guest", {7, std::nullopt}).ok());
  CHECK(textAt(limits(), "concurrentInvocations") == "7");
  CHECK(textAt(limits(), "invocationsPerMinute") == "60");
  const auto info = *json::parse(api.call("GET", "/").body);
  CHECK(textAt(info, "limits.concurrent_actions") == "30");
  CHECK(textAt(info, "limits.actions_per_minute") == "60");
}

TEST_CASE("What a removed namespace has running ends and is recorded") {
  ApiHarness api;
  Gate gate;
  api.factory.setRun([&](const RunRequest&) {
    gate.pass();
    return RunResult{true, {ActivationStatus::Success, R"({"late":true})"}};
  });
  const ApiKey bob = *api.namespaces().create("bob");
  const NamespaceId id = api.namespaces().find("bob")->id;
  CHECK(api.callAs(bob, "PUT", std::string(kBase) + "actions/slow", kHello).status == 200);
  CHECK(api.callAs(bob, "POST", std::string(kBase) + "actions/slow").status == 202);
  gate.awaitWaiting(1);
  REQUIRE(api.namespaces().remove("bob", Namespaces::WithActions::Yes).ok());
  CHECK(api.callAs(bob, "GET", std::string(kBase) + "activations").status == 401);
  gate.open();
  for (int i = 0; i < 1000 && *api.store().countActivations(id, {}) == 0; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  CHECK(*api.store().countActivations(id, {}) == 1);
  const ApiKey successor = *api.namespaces().create("bob");
  CHECK(api.callAs(successor, "GET", std::string(kBase) + "activations").body == "[]");
  CHECK(api.callAs(successor, "GET", std::string(kBase) + "actions").body == "[]");
}

}  // namespace
}  // namespace owpool::daemon
