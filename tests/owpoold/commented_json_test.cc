#include <catch2/catch.hpp>

#include <variant>

#include "fmt/format.h"
#include "owpoold/config/commented_json.h"

namespace owpool::daemon {
namespace {

using Catch::Matchers::StartsWith;

TEST_CASE("Comments stand wherever white space may") {
  struct Row {
    const char* text;
    const char* value;  // Of the member "a".
  };
  const Row rows[] = {
      {"// before\n{\"a\": 1} // after", "1"},
      {"{/**/\"a\"/* x */:/***/1/* y */}", "1"},
      {"{\"a\" // colon\n : 1 // end }\n}", "1"},
      {"{\"a\": 1 // \"quote\n}", "1"},
      {"{\"a\": 1, // one, two,\n \"b\": 2}", "1"},
      {"/* two\n lines */ {\"a\": 1}", "1"},
      {"{\"a\": \"// no /* comment */\"}", "\"// no /* comment */\""},
      {"{\"a\": \"\\\"//\"}", "\"\\\"//\""},
      {"{\"a\": \"\\\\\"} // \"", "\"\\\\\""},
      {"{\"a\": 1} // \xff is no UTF-8", "1"},
  };
  for (const Row& row : rows) {
    INFO(row.text);
    const auto parsed = parseCommentedJson(row.text);
    REQUIRE(std::holds_alternative<json::Value>(parsed));
    const auto member = std::get<json::Value>(parsed).member("a");
    REQUIRE(member);
    CHECK(member->text() == row.value);
  }
}

TEST_CASE("Positions are those of the text with its comments") {
  const auto parsed = parseCommentedJson("// one\n/* two\n */ {\n  \"a\": /* b */ 1\n}");
  REQUIRE(std::holds_alternative<json::Value>(parsed));
  const auto members = std::get<json::Value>(parsed).membersWithKeys();
  REQUIRE(members.size() == 1);
  CHECK(members[0].first.position() == json::Position{4, 3});
  CHECK(members[0].second.position() == json::Position{4, 16});
}

TEST_CASE("A fault is found where it is") {
  struct Row {
    const char* text;
    const char* fault;
  };
  const Row rows[] = {
      {"{\n  \"a\": 1, // last\n}", "2:9 a comma before }"},
      {"{\"a\": [1,\n2, /* x */ ]}", "2:2 a comma before ]"},
      {"{\"a\": \",\" }\n x", "2:2 "},
      {"{ /* open\n}", "1:3 a comment that has no end"},
      {"{\"a\": /*/ 1}", "1:7 a comment that has no end"},
      {"{\n \"a: 1, // x\n \"b\": 2 /* }", "3:9 a comment that has no end"},
      {"{\n \"a: 1,\n \"b\": \"/*\"\n}", "2:"},
      {"{\"a\": 1,\n /* x */ \"a\": 2}", "2:10 the key \"a\" twice"},
      {"{\"a\\\"\": 1,\n\"a\\\"\": 2}", "2:1 the key"},
      {"{\"a\\\\\": 1,\n\"a\\\\\": 2}", "2:1 the key"},
      {"{\"a\": 1 / 2}", "1:9 "},
      {"", "1:1 "},
      {"// nothing else", "1:16 "},
  };
  for (const Row& row : rows) {
    INFO(row.text);
    const auto parsed = parseCommentedJson(row.text);
    REQUIRE(std::holds_alternative<json::Fault>(parsed));
    const auto& [what, position] = std::get<json::Fault>(parsed);
    CHECK_THAT(fmt::format("{}:{} {}", position.line, position.column, what),
               StartsWith(row.fault));
  }
}

}  // namespace
}  // namespace owpool::daemon
