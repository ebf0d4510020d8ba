#include <string>

#include <catch2/catch.hpp>

#include "json/json.h"

namespace owpool::json {
namespace {

std::string repeat(const std::string& piece, int count) {
  std::string out;
  for (int i = 0; i < count; ++i) out += piece;
  return out;
}

std::string errorOf(const std::string& text) {
  const auto value = parse(text);
  REQUIRE_FALSE(value.ok());
  REQUIRE(value.status().code() == absl::StatusCode::kInvalidArgument);
  return std::string(value.status().message());
}

TEST_CASE("valid JSON is accepted and kept as it was written") {
  const auto text = GENERATE(
      as<std::string>{}, "null", "true", "false", "0", "-0", "-12.50e+10", "1E-5", "\"\"", "[]",
      "{}", "[ 1 , [ ] , { } ]", "{\"b\" : 1, \"a\" :\t2}", "12345678901234567890123",
      "1e-400", "1.7e-99999", "0.00000000000000000000000000000000001e-330", "1e308", "\"\\u0000\"",
      "\"\\ud83d\\ude00\"", "\"\xF0\x9F\x98\x80\"", "\"\xED\x9F\xBF\"", "\"\\ud7ff\\ue000\"",
      "\"e123456789\"", "\"[[[[{{{{\"", "\"\\\\\"", "{\"\":{\"\":{}}}", "{\"a\":1,\"A\":2}",
      "[{\"a\":1},{\"a\":1}]", "{\"a\":{\"a\":1}}");
  CAPTURE(text);
  const auto value = parse(" \r\n\t" + text + "\n ");
  REQUIRE(value.ok());
  CHECK(value->text() == text);
}

TEST_CASE("what is not JSON or not UTF-8 is refused") {
  const auto text = GENERATE(
      as<std::string>{}, "", " ", "nul", "tru", "True", "{", "}", "[", "]", "[1,]", "[,1]", "[1 2]",
      "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "{'a':1}", "{1:1}", "01", "+1", "1.", ".5",
      "1e", "1e+", "-", "--1", "NaN", "Infinity", "0x10", "\"", "\"\\\"", "\"\\x\"", "\"\\u12\"",
      "\"\\u12g4\"", "\"a\nb\"", "\"\x01\"", "{} {}", "{}x", "[1]//", "/**/1", "\xEF\xBB\xBF{}",
      "\"\x80\"", "\"\xC0\x80\"", "\"\xC1\xBF\"", "\"\xE0\x80\x80\"", "\"\xED\xA0\x80\"",
      "\"\xF4\x90\x80\x80\"", "\"\xF5\x80\x80\x80\"", "\"\xFF\"", "\"\xE2\x82\"", "\"\\ud800\"",
      "\"\\ud800x\"", "\"\\ud800\\u0041\"", "\"\\udc00\"", "\"a\\udfffb\"", "{\"\\udc00\":1}");
  CAPTURE(text);
  CHECK_FALSE(parse(text).ok());
}

TEST_CASE("a NUL byte does not hide what follows it") {
  CHECK_FALSE(parse(std::string("{}\0garbage", 10)).ok());
  CHECK_FALSE(parse(std::string("\"a\0b\"", 5)).ok());
  CHECK_FALSE(parse(std::string("{}\0", 3)).ok());
  CHECK(errorOf(std::string("\0", 1)).find("NUL") != std::string::npos);
}

TEST_CASE("UTF-8 that ends too early is refused where it begins") {
  for (const std::string cut : {"\xC3", "\xE2\x82", "\xF0", "\xF0\x9F", "\xF0\x9F\x98"}) {
    const std::string text = "[1,\n\"" + cut;
    CHECK(errorOf(text).find("line 2, column 2: invalid UTF-8") != std::string::npos);
    CHECK_FALSE(parse(text + "\"]").ok());
  }
}

TEST_CASE("nesting is bounded at 100, however deep it goes") {
  CHECK(parse(repeat("[", 100) + repeat("]", 100)).ok());
  CHECK(parse(repeat("{\"a\":", 99) + "{}" + repeat("}", 99)).ok());
  CHECK(errorOf(repeat("[", 101) + repeat("]", 101)).find("100 deep") != std::string::npos);
  CHECK_FALSE(parse(repeat("[", 2'000'000)).ok());
  CHECK_FALSE(parse(repeat("{\"a\":", 1'000'000)).ok());
  CHECK_FALSE(parse(repeat("]", 1'000'000) + repeat("[", 1'000'000)).ok());
  CHECK(parse("[" + repeat("[],", 100'000) + "[]]").ok());
}

TEST_CASE("numbers that RapidJSON cannot convert are no danger") {
  CHECK(errorOf("1e123456").find("exponent") != std::string::npos);
  CHECK(errorOf("[-1E-000001]").find("exponent") != std::string::npos);
  CHECK_FALSE(parse("1e999999999999999999999").ok());
  CHECK_FALSE(parse("1e400").ok());
  CHECK(errorOf("[1, 123456e307]").find("beyond the range of a double") != std::string::npos);
  CHECK_FALSE(parse("-0.001e312").ok());
  CHECK_FALSE(parse(repeat("9", 400)).ok());
  CHECK(parse("[0.0000000001e-320, 17e307]").ok());
  CHECK(parse("1e-99999").ok());
  CHECK(parse("0." + repeat("0", 5000) + "1").ok());
  CHECK(parse(repeat("9", 300)).ok());
  CHECK(parse("0." + repeat("9", 5000) + "e-99999").ok());
}

TEST_CASE("the same key twice in one object is refused, however it is written") {
  CHECK(errorOf("{\"a\":1,\"b\":2,\"a\":1}").find("the key \"a\" twice") != std::string::npos);
  CHECK_FALSE(parse("{\"a\":1,\"\\u0061\":2}").ok());
  CHECK_FALSE(parse("[{\"x\":{\"\":1,\"\":2}}]").ok());
  CHECK(parse("{\"a\\u0000b\":1,\"a\\u0000c\":2}").ok());
}

TEST_CASE("an error says where") {
  struct Row {
    const char* text;
    Position position;
  };
  const Row rows[] = {
      {"{\"a\":1,\n \"a\":2}", {2, 2}},               {"{\"a\\\"\":1,\"a\\\"\":2}", {1, 10}},
      {"{\"a\\\\\":1,\"a\\\\\":2}", {1, 10}},       {"[\"\\udc00\"]", {1, 2}},
      {"[1,\n]", {2, 1}},
  };
  for (const Row& row : rows) {
    INFO(row.text);
    const auto fault = findFault(row.text);
    REQUIRE(fault);
    CHECK(fault->position == row.position);
  }
  CHECK_FALSE(findFault("{\"a\":1}"));
  CHECK(errorOf("{\n  \"a\": tru\n}").find("line 2, column ") != std::string::npos);
  CHECK(errorOf("x").find("line 1, column 1") != std::string::npos);
}

}  // namespace
}  // namespace owpool::json
