#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "json/json.h"

namespace owpool::json {
namespace {

Value parsed(const std::string& text) {
  auto value = parse(text);
  REQUIRE(value.ok());
  return *std::move(value);
}

TEST_CASE("a value knows its type and converts to nothing else") {
  struct Row {
    std::string text;
    Type type;
  };
  const auto row = GENERATE(values<Row>({{"null", Type::Null},
                                         {"true", Type::Boolean},
                                         {"-1", Type::Number},
                                         {"\"s\"", Type::String},
                                         {"[]", Type::Array},
                                         {"{}", Type::Object}}));
  const Value value = parsed(row.text);
  CAPTURE(row.text);
  CHECK(value.type() == row.type);
  CHECK(value.isObject() == (row.type == Type::Object));
  CHECK(value.isArray() == (row.type == Type::Array));
  CHECK(value.isString() == (row.type == Type::String));
  CHECK(value.asBool().has_value() == (row.type == Type::Boolean));
  CHECK(value.asInteger().has_value() == (row.type == Type::Number));
  CHECK(value.asString().has_value() == (row.type == Type::String));
  CHECK(value.members().empty());
  CHECK(value.elements().empty());
  CHECK_FALSE(value.member("a").has_value());
}

TEST_CASE("booleans and integers of 64 bits are read exactly") {
  CHECK(parsed("true").asBool() == true);
  CHECK(parsed("false").asBool() == false);
  CHECK(parsed("9223372036854775807").asInteger() == std::numeric_limits<std::int64_t>::max());
  CHECK(parsed("-9223372036854775808").asInteger() == std::numeric_limits<std::int64_t>::min());
  CHECK(parsed("-0").asInteger() == 0);
  CHECK_FALSE(parsed("9223372036854775808").asInteger().has_value());
  CHECK_FALSE(parsed("1.0").asInteger().has_value());
  CHECK_FALSE(parsed("1e2").asInteger().has_value());
}

TEST_CASE("strings are unescaped") {
  CHECK(parsed(R"("a\"\\\/\b\f\n\r\tz")").asString() == "a\"\\/\b\f\n\r\tz");
  CHECK(parsed(R"("\u00e9\u20ac\ud83d\ude00\u007f")").asString() ==
        "\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\x7F");
  CHECK(parsed(R"("a\u0000b")").asString() == std::string("a\0b", 3));
  CHECK(parsed(R"("\\")").asString() == "\\");
  CHECK(parsed("\"\"").asString() == "");
}

TEST_CASE("members and elements keep their order and their text") {
  const Value value =
      parsed("{ \"z\" : 1.50 ,\"a\\n\":[ 1, \"]\" ,{\"}\":null}] , \"q\\\"\" :\"x,}\" }");
  const auto members = value.members();
  REQUIRE(members.size() == 3);
  CHECK(members[0].first == "z");
  CHECK(members[0].second.text() == "1.50");
  CHECK(members[1].first == "a\n");
  CHECK(members[1].second.text() == "[ 1, \"]\" ,{\"}\":null}]");
  CHECK(members[2].first == "q\"");
  CHECK(members[2].second.asString() == "x,}");
  const auto elements = members[1].second.elements();
  REQUIRE(elements.size() == 3);
  CHECK(elements[0].asInteger() == 1);
  CHECK(elements[1].asString() == "]");
  CHECK(elements[2].member("}")->type() == Type::Null);
  CHECK(value.member("z")->text() == "1.50");
  CHECK_FALSE(value.member("Z").has_value());
}

TEST_CASE("a value outlives the one that it was taken from") {
  std::optional<Value> inner;
  {
    const Value outer = parsed("{\"a\":{\"b\":\"kept\"}}");
    inner = outer.member("a");
  }
  CHECK(inner->member("b")->asString() == "kept");
}

TEST_CASE("a large object is read in linear time") {
  std::string text = "{";
  for (int i = 0; i < 200'000; ++i)
    text += (i > 0 ? ",\"" : "\"") + std::to_string(i) + "\":{\"v\":[" + std::to_string(i) + "]}";
  const auto members = parsed(text + "}").members();
  REQUIRE(members.size() == 200'000);
  CHECK(members.back().first == "199999");
  CHECK(members.back().second.text() == "{\"v\":[199999]}");
}

TEST_CASE("quote makes a literal that reads back as the same text") {
  const auto text = GENERATE(as<std::string>{}, "", "plain", "\"\\/", "\b\f\n\r\t\x01\x1f\x7f",
                             std::string("a\0b", 3), "\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80");
  CHECK(parsed(quote(text)).asString() == text);
}

TEST_CASE("quote leaves no control character as it is") {
  CHECK(quote("\x1b[2J\x7f") == "\"\\u001b[2J\\u007f\"");
  CHECK(quote("\xC2\x80\xC2\x9B\xC2\x9F\xC2\xA0") == "\"\\u0080\\u009b\\u009f\xC2\xA0\"");
  CHECK(parsed(quote("\xC2\x9B")).asString() == "\xC2\x9B");
}

TEST_CASE("quote replaces what is not UTF-8") {
  const std::string replaced = "\xEF\xBF\xBD";
  CHECK(quote("a\xFFz") == "\"a" + replaced + "z\"");
  CHECK(quote("\xE2\x82") == "\"" + replaced + replaced + "\"");
  CHECK(quote("\xE2\x82z") == "\"" + replaced + replaced + "z\"");
  const auto broken =
      GENERATE(as<std::string>{}, "\xC0\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80",
               "\xF0\x80\x80\x80", "\xE0\x9F\xBF", "\x80", "\xC3", "\xF0\x9F\x98");
  CHECK(parse(quote(broken)).ok());
}

TEST_CASE("merging replaces in place and appends what is new") {
  const auto merge = [](const std::string& base, const std::string& over) {
    return mergeObjects(parsed(base), parsed(over));
  };
  CHECK(merge("{\"a\":1,\"b\":2}", "{\"b\":3}") == "{\"a\":1,\"b\":3}");
  CHECK(merge("{\"a\": 1.0 ,\"b\":2}", "{\"c\":{\"x\" : 1e-2},\"a\":[]}") ==
        "{\"a\":[],\"b\":2,\"c\":{\"x\" : 1e-2}}");
  CHECK(merge("{}", "{}") == "{}");
  CHECK(merge("{}", "{\"a\":null}") == "{\"a\":null}");
  CHECK(merge("{\"a\":{\"deep\":1}}", "{\"\\u0061\":{\"other\":2}}") == "{\"a\":{\"other\":2}}");
}

TEST_CASE("a key and a value say at which line and column they stand") {
  const auto value = parse(" {\n  \"a\": [1,\n2], \"b\\n\"  : {} }");
  REQUIRE(value.ok());
  CHECK(value->position() == Position{1, 2});
  const auto members = value->membersWithKeys();
  REQUIRE(members.size() == 2);
  CHECK(members[0].first.position() == Position{2, 3});
  CHECK(members[0].second.position() == Position{2, 8});
  CHECK(members[0].second.elements()[1].position() == Position{3, 1});
  CHECK(members[1].first.asString() == "b\n");
  CHECK(members[1].first.position() == Position{3, 5});
  CHECK(members[1].second.position() == Position{3, 14});
}

TEST_CASE("a position counts lines and bytes from 1") {
  CHECK(positionOf("", 0) == Position{1, 1});
  CHECK(positionOf("ab\ncd", 1) == Position{1, 2});
  CHECK(positionOf("ab\ncd", 3) == Position{2, 1});
  CHECK(positionOf("ab\ncd", 100) == Position{2, 3});
}

}  // namespace
}  // namespace owpool::json
