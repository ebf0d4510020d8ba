#include "owpoold/invoke/arguments.h"

#include <catch2/catch.hpp>

namespace owpool::daemon {
namespace {

Arguments argumentsFor(const std::string& parameters, const std::string& payload) {
  ActionRecord action;
  action.parameters = *parseKeyValues(*json::parse(parameters));
  std::optional<json::Value> given;
  if (!payload.empty()) given = *json::parse(payload);
  const auto arguments = argumentsOf(action, given);
  REQUIRE(arguments.ok());
  return *arguments;
}

TEST_CASE("The payload is laid over the action's own parameters") {
  const std::string own = R"([{"key":"a","value":1},{"key":"b","value":1.50}])";
  CHECK(argumentsFor(own, "").parameters == R"({"a":1,"b":1.50})");
  CHECK(argumentsFor(own, R"({"c":[],"a":2})").parameters == R"({"a":2,"b":1.50,"c":[]})");
  CHECK(argumentsFor(own, "[1, 2]").parameters == "[1, 2]");
  CHECK(argumentsFor("[]", "").parameters == "{}");
  CHECK(argumentsFor(own, "").environment.empty());
}

TEST_CASE("Parameters with init are variables of /init and no arguments of /run") {
  const std::string own =
      R"([{"key":"URL","value":"http://x","init":true},{"key":"a","value":1},)"
      R"({"key":"LEVEL","value":3,"init":true}])";
  const Arguments by_itself = argumentsFor(own, "");
  CHECK(by_itself.parameters == R"({"a":1})");
  CHECK(by_itself.environment == ActionEnvironment{{"URL", "http://x"}, {"LEVEL", "3"}});

  SECTION("a payload may give their values, and gives the others as ever") {
    const Arguments given = argumentsFor(own, R"({"LEVEL":4,"a":2,"b":5})");
    CHECK(given.parameters == R"({"a":2,"b":5})");
    CHECK(given.environment == ActionEnvironment{{"URL", "http://x"}, {"LEVEL", "4"}});
  }
  SECTION("an array is passed alone") {
    const Arguments given = argumentsFor(own, "[1]");
    CHECK(given.parameters == "[1]");
    CHECK(given.environment.empty());
  }
}

TEST_CASE("A variable that is no string is written as OpenWhisk writes one") {
  struct Row {
    const char* value;
    const char* expected;
  };
  const Row rows[] = {{"\"text\"", "text"},
                      {R"("\"quoted\" \u00e4")", "\"quoted\" \xc3\xa4"},
                      {"\"\"", ""},
                      {"null", ""},
                      {"true", "true"},
                      {"12345678901234567890", "12345678901234567890"},
                      {"1.50", "1.50"},
                      {R"({ "a" : [ 1,
                         "b  \" c" ] })", R"({"a":[1,"b  \" c"]})"},
                      {"[ ]", "[]"}};
  for (const Row& row : rows) {
    INFO(row.value);
    const std::string own =
        R"([{"key":"K","value":)" + std::string(row.value) + R"(,"init":true}])";
    CHECK(argumentsFor(own, "").environment == ActionEnvironment{{"K", row.expected}});
  }
}

}  // namespace
}  // namespace owpool::daemon
