#include <catch2/catch.hpp>
#include <future>
#include <mutex>

#include "api_harness.h"

namespace owpool::daemon {
namespace {

using Catch::Matchers::Contains;

// The annotation's value, or "absent".
std::string annotation(const json::Value& activation, const std::string& key) {
  const auto list = activation.member("annotations");
  REQUIRE(list);
  for (const json::Value& entry : list->elements()) {
    if (textAt(entry, "key") == key) return textAt(entry, "value");
  }
  return "absent";
}

// A run that waits until it is let go, and counts who waits.
class Gate {
 public:
  void open() {
    std::lock_guard lock(mutex_);
    is_open_ = true;
    changed_.notify_all();
  }
  void pass() {
    std::unique_lock lock(mutex_);
    ++waiting_;
    changed_.notify_all();
    changed_.wait(lock, [&] { return is_open_; });
  }
  void awaitWaiting(int count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return waiting_ >= count; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_open_ = false;
  int waiting_ = 0;
};

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

TEST_CASE("Annotations stand in OpenWhisk's order, initTime only after a cold start") {
  const ApiHarness api;
  api.create("hello", "x");
  const auto cold = api.expect(200, "POST", "actions/hello?blocking=true");
  std::string keys;
  for (const auto& entry : cold.member("annotations")->elements()) {
    keys += textAt(entry, "key") + " ";
  }
  CHECK(keys == "limits path kind timeout initTime waitTime start ");
  CHECK(annotation(cold, "path") == "guest/hello");
  CHECK(annotation(cold, "kind") == "nodejs:20");
  CHECK(annotation(cold, "timeout") == "false");
  CHECK(annotation(cold, "start") == "cold");
  // The container is free again once the logs are read, which the record waits for.
  api.expect(200, "GET", "activations/" + textAt(cold, "activationId"));
  std::string init_time;
  for (int i = 0; i < 100 && init_time != "absent"; ++i) {
    init_time = annotation(api.expect(200, "POST", "actions/hello?blocking=true"), "initTime");
  }
  CHECK(init_time == "absent");
}

TEST_CASE("With result=true the result stands alone, and an array always does") {
  ApiHarness api;
  api.create("hello", "x");
  CHECK(api.expect(200, "POST", "actions/hello?blocking=true&result=true", R"({"n":12e3})").text() ==
        R"({"n":12e3})");
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
             R"(,"parameters":[{"key":"a","value":12345678901234567890.10},{"key":"b","value":2}])");
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

TEST_CASE("A run over its time limit is annotated as a timeout") {
  ApiHarness api;
  api.factory.setRun([](const RunRequest&) {
    return RunResult{true, errorResponse(ActivationStatus::DeveloperError,
                                         "The action exceeded its time limits of 100 "
                                         "milliseconds.")};
  });
  api.create("slow", "x", R"(,"limits":{"timeout":100})");
  CHECK(annotation(api.expect(502, "POST", "actions/slow?blocking=true"), "timeout") == "true");
}

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
  CHECK(value("api_key") == api.credentials.text());
}

TEST_CASE("No container survives an update of its action") {
  const ApiHarness api;
  api.create("hello", "x");
  for (int i = 0; i < 3; ++i) {
    const auto answer = api.expect(200, "POST", "actions/hello?blocking=true");
    CHECK(annotation(answer, "initTime") != "absent");
    CHECK(textAt(answer, "version") == "0.0." + std::to_string(i + 1));
    api.expect(200, "PUT", "actions/hello?overwrite=true", "{}");
  }
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

  api.expect(400, "GET", "activations?docs=true&count=true");
  api.expect(400, "GET", "activations?name=a/b/c");
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
