#include <memory>
#include <string>

#include <catch2/catch.hpp>

#include "json/json.h"
#include "owpool/action_protocol.h"

namespace owpool {
namespace {

ActionPtr someAction() {
  auto action = std::make_shared<Action>();
  action->key = ActionKey("guest", "owner/package/hello", "7");
  action->version = "0.0.3";
  action->code = {"function main() { return \"x\\n\"; }", "main", false};
  return action;
}

TEST_CASE("the body of /init holds the code and the environment, in order") {
  const InitRequest request{
      someAction(), {{"activation_id", "a1"}, {"api_key", "k\"ey"}}, std::chrono::seconds(1)};
  CHECK(initBody(request, 1700000000123) ==
        R"({"value":{"name":"hello","main":"main","code":"function main() { return \"x\\n\"; }",)"
        R"("binary":false,"env":{"__OW_NAMESPACE":"guest",)"
        R"("__OW_ACTION_NAME":"/owner/package/hello","__OW_ACTION_VERSION":"0.0.3",)"
        R"("__OW_ACTIVATION_ID":"a1","__OW_API_KEY":"k\"ey",)"
        R"("__OW_DEADLINE":"1700000000123"}}})");
}

TEST_CASE("a binary's entry point is passed on, and main is the default") {
  auto action = std::make_shared<Action>(*someAction());
  action->code = {"UEsDBA==", "lib.entry", true};
  auto value = json::parse(initBody({action, {}, {}}, 1))->member("value");
  CHECK(value->member("main")->asString() == "lib.entry");
  CHECK(value->member("binary")->asBool() == true);
  action->code.main = "";
  value = json::parse(initBody({action, {}, {}}, 1))->member("value");
  CHECK(value->member("main")->asString() == "main");
}

TEST_CASE("the body of /run holds the parameters as they were written") {
  const RunRequest request{someAction(),
                           "{ \"b\": 1.0e2, \"a\": 12345678901234567890123 }",
                           {{"activation_id", "a1"}, {"transaction_id", "t1"}},
                           std::chrono::seconds(1)};
  CHECK(runBody(request, 42) ==
        R"({"value":{ "b": 1.0e2, "a": 12345678901234567890123 },"namespace":"guest",)"
        R"("action_name":"/owner/package/hello","action_version":"0.0.3","activation_id":"a1",)"
        R"("transaction_id":"t1","deadline":"42"})");
}

TEST_CASE("no name comes twice, whatever the context says") {
  const ActivationContext context = {{"namespace", "other"}, {"deadline", "0"}, {"value", "evil"},
                                     {"x", "1"},             {"x", "2"},        {"X", "3"}};
  const auto run = json::parse(runBody({someAction(), "[1]", context, {}}, 42));
  REQUIRE(run.ok());
  CHECK(run->member("value")->text() == "[1]");
  CHECK(run->member("namespace")->asString() == "other");
  CHECK(run->member("deadline")->asString() == "42");
  CHECK(run->member("x")->asString() == "2");
  const auto init = json::parse(initBody({someAction(), context, {}}, 42));
  REQUIRE(init.ok());
  const auto env = init->member("value")->member("env");
  CHECK(env->member("__OW_X")->asString() == "3");
  CHECK(env->member("__OW_DEADLINE")->asString() == "42");
}

TEST_CASE("the action's own environment is in /init's, but does not replace what OpenWhisk tells") {
  const InitRequest request{someAction(),
                            {{"activation_id", "a1"}},
                            {},
                            {{"URL", "http://x"}, {"__OW_ACTIVATION_ID", "lies"}, {"__OW_Y", "1"}}};
  const auto body = json::parse(initBody(request, 42));
  REQUIRE(body.ok());
  const auto env = body->member("value")->member("env");
  CHECK(env->member("URL")->asString() == "http://x");
  CHECK(env->member("__OW_ACTIVATION_ID")->asString() == "a1");
  CHECK(env->member("__OW_Y")->asString() == "1");
}

TEST_CASE("what is not UTF-8 does not break the bodies") {
  auto action = std::make_shared<Action>(*someAction());
  action->code.text = "\xFF";
  CHECK(json::parse(initBody({action, {{"k\xFF", "v\xFF"}}, {}}, 1)).ok());
  CHECK(json::parse(runBody({action, "{}", {{"k\xFF", "v\xFF"}}, {}}, 1)).ok());
}

}  // namespace
}  // namespace owpool
