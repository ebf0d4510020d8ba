#include <catch2/catch.hpp>
#include <mutex>

#include "api_harness.h"

namespace owpool::daemon {
namespace {

using Catch::Matchers::Contains;

TEST_CASE("A blocking invocation answers with the record, and the record is there at once") {
  const ApiHarness api;
  api.create("hello", "x");
  const auto answer = api.expect(200, "POST", "actions/hello?blocking=true", R"({"a":1.50})");
  CHECK(textAt(answer, "response.result") == R"({"a":1.50})");
  CHECK(textAt(answer, "response.success") == "true");
  CHECK(textAt(answer, "response.status") == "success");
  CHECK(textAt(answer, "response.size") == "10");
  CHECK(textAt(answer, "subject") == "guest");
  CHECK(textAt(answer, "version") == "0.0.1");

  const std::string id = textAt(answer, "activationId");
  const auto record = api.expect(200, "GET", "activations/" + id);
  CHECK(textAt(record, "response.result") == R"({"a":1.50})");
  const auto logs = record.member("logs")->elements();
  REQUIRE(logs.size() == 2);
  CHECK_THAT(*logs[0].asString(), Contains(" stdout: out"));
  CHECK_THAT(*logs[1].asString(), Contains(" stderr: err"));
  CHECK(api.expect(200, "GET", "activations/" + id + "/logs").member("logs")->elements().size() ==
        2);
  CHECK(api.expect(200, "GET", "activations/" + id + "/result").text() ==
        R"({"result":{"a":1.50},"success":true,"status":"success","size":10})");
}

TEST_CASE("With result=true the result stands alone, and an array always does") {
  ApiHarness api;
  api.create("hello", "x");
  const char* target = "actions/hello?blocking=true&result=true";
  CHECK(api.expect(200, "POST", target, R"({"n":12e3})").text() == R"({"n":12e3})");
  api.create("list", "x");
  CHECK(api.expect(200, "POST", "actions/list?blocking=true", "[1, 2]").text() == "[1, 2]");
}

TEST_CASE("An invocation may come without a body or with nothing but space") {
  const ApiHarness api;
  api.create("hello", "x", R"(,"parameters":[{"key":"a","value":1}])");
  for (const char* body : {"", " \n", "{}"}) {
    CHECK(api.expect(200, "POST", "actions/hello?blocking=true&result=true", body).text() ==
          R"({"a":1})");
  }
}

TEST_CASE("The payload stands over the action's own parameters, and no number changes") {
  const ApiHarness api;
  api.create("hello", "x",
             R"(,"parameters":[{"key":"a","value":12345678901234567890.10},)"
             R"({"key":"b","value":2}])");
  CHECK(api.expect(200, "POST", "actions/hello?blocking=true&result=true",
                   R"({"b":1e300,"c":-0.0})").text() ==
        R"({"a":12345678901234567890.10,"b":1e300,"c":-0.0})");
}

TEST_CASE("Final parameters cannot be replaced") {
  const ApiHarness api;
  api.create("hello", "x",
             R"(,"parameters":[{"key":"a","value":1},{"key":"open","value":null}],)"
             R"("annotations":[{"key":"final","value":true}])");
  CHECK_THAT(textAt(api.expect(400, "POST", "actions/hello?blocking=true", R"({"a":2})"), "error"),
             Contains("parameters that are not allowed"));
  api.expect(200, "POST", "actions/hello?blocking=true", R"({"open":2,"b":3})");
}

TEST_CASE("Errors have OpenWhisk's codes and words") {
  const ApiHarness api;
  struct Row {
    const char* code;
    int http_status;
    const char* status;
    const char* number;
  };
  const Row rows[] = {{"error", 502, "application error", "1"},
                      {"broken", 502, "action developer error", "2"},
                      {"exits", 502, "action developer error", "2"}};
  for (const Row& row : rows) {
    api.create(row.code, row.code);
    const std::string target = std::string("actions/") + row.code + "?blocking=true";
    const auto answer = api.expect(row.http_status, "POST", target);
    CHECK(textAt(answer, "response.status") == row.status);
    CHECK(textAt(answer, "response.success") == "false");
    CHECK(textAt(answer, "response.result.error") != "");
    CHECK(textAt(api.expect(row.http_status, "POST", target + "&result=true"), "error") != "");
    const auto list = api.expect(200, "GET", std::string("activations?name=") + row.code);
    REQUIRE(list.elements().size() == 2);
    CHECK(textAt(list.elements()[0], "statusCode") == row.number);
  }
}

TEST_CASE("Every answer to an invocation that was taken has its id in a header") {
  const ApiHarness api;
  api.create("hello", "x");
  api.create("error", "error");
  struct Row {
    const char* target;
    int status;
  };
  const Row rows[] = {{"hello", 202},
                      {"hello?result=true", 202},
                      {"hello?blocking=true", 200},
                      {"hello?blocking=true&result=true", 200},
                      {"error?blocking=true", 502},
                      {"error?blocking=true&result=true", 502}};
  for (const Row& row : rows) {
    INFO(row.target);
    const auto response =
        api.call("POST", std::string("/api/v1/namespaces/_/actions/") + row.target, "",
                 {{"X-Request-ID", "mine"}});
    CHECK(response.status == row.status);
    CHECK(headerOf(response, "X-Request-ID") == "mine");
    const std::string id = headerOf(response, "x-openwhisk-activation-id");
    CHECK(id.size() == 32);
    if (row.status == 202) CHECK(response.body == "{\"activationId\":\"" + id + "\"}");
  }
  CHECK(headerOf(api.call("POST", "/api/v1/namespaces/_/actions/none"),
                 "x-openwhisk-activation-id")
            .empty());
}

TEST_CASE("Bad invocations are answered with what is wrong") {
  const ApiHarness api;
  api.create("hello", "x");
  struct Row {
    const char* target;
    const char* body;
    const char* message;
  };
  const Row rows[] = {
      {"actions/hello?blocking=true", "{", "The request content was malformed:\n"},
      {"actions/hello?blocking=true", "7", "must be an object or an array"},
      {"actions/hello?blocking=true", "{\"a\":\"\xff\"}", "The request content was malformed:\n"},
      {"actions/hello?blocking=perhaps", "{}", "'perhaps' is not a valid Boolean"},
      {"actions/hello?blocking=true&timeout=60001", "{}",
       "Timeout must be number of milliseconds up to 60000."},
      {"actions/hello?blocking=true&timeout=0", "{}", "Timeout must be number"},
      {"actions/hello?blocking=true&timeout=soon", "{}", "Timeout must be number"},
  };
  for (const Row& row : rows) {
    INFO(row.target);
    CHECK_THAT(textAt(api.expect(400, "POST", row.target, row.body), "error"),
               Contains(row.message));
  }
  CHECK(api.expect(200, "GET", "activations").text() == "[]");
}

TEST_CASE("The container is told who it runs for, the key only if the action wants it") {
  ApiHarness api;
  std::mutex mutex;
  ActivationContext seen;
  api.factory.setRun([&](const RunRequest& request) {
    std::lock_guard lock(mutex);
    seen = request.context;
    return RunResult{true, {ActivationStatus::Success, "{}"}};
  });
  const auto value = [&](const std::string& key) {
    std::lock_guard lock(mutex);
    for (const auto& [name, text] : seen) {
      if (name == key) return text;
    }
    return std::string("absent");
  };
  api.create("plain", "x");
  const auto response =
      api.call("POST", "/api/v1/namespaces/_/actions/plain?blocking=true", "{}",
               {{"X-Request-ID", "tid-1"}});
  CHECK(value("namespace") == "guest");
  CHECK(value("action_name") == "/guest/plain");
  CHECK(value("action_version") == "0.0.1");
  CHECK(value("activation_id") == headerOf(response, "x-openwhisk-activation-id"));
  CHECK(value("transaction_id") == "tid-1");
  CHECK(value("api_key") == "absent");

  api.create("keyed", "x", R"(,"annotations":[{"key":"provide-api-key","value":true}])");
  api.expect(200, "POST", "actions/keyed?blocking=true");
  CHECK(value("api_key") == api.key().text());
}

TEST_CASE("No container survives an update of its action") {
  const ApiHarness api;
  api.create("hello", "x");
  for (int i = 0; i < 3; ++i) {
    const auto answer = api.expect(200, "POST", "actions/hello?blocking=true");
    CHECK(annotationOf(answer, "initTime") != "absent");
    CHECK(textAt(answer, "version") == "0.0." + std::to_string(i + 1));
    api.expect(200, "PUT", "actions/hello?overwrite=true", "{}");
  }
}

}  // namespace
}  // namespace owpool::daemon
