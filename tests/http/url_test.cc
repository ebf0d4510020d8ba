#include "http/url.h"

#include <string>
#include <vector>

#include <catch2/catch.hpp>

namespace owpool::http {
namespace {

using Segments = std::vector<std::string>;
using Query = std::map<std::string, std::string>;

TEST_CASE("percent-encoding is decoded once") {
  CHECK(percentDecoded("a%20b%2Fc%2f", false) == "a b/c/");
  CHECK(percentDecoded("%2541", false) == "%41");
  CHECK(percentDecoded("a+b", false) == "a+b");
  CHECK(percentDecoded("a+b%2B", true) == "a b+");
  CHECK(percentDecoded("%C3%A9", false) == "\xC3\xA9");
}

TEST_CASE("a malformed percent-encoding is refused") {
  const auto text = GENERATE(as<std::string>{}, "%", "%1", "%g0", "%0g", "% 1", "%+1", "%-1", "%00",
                             "a%", "%u0041");
  CAPTURE(text);
  CHECK_FALSE(percentDecoded(text, false).has_value());
  CHECK_FALSE(splitTarget("/" + text).has_value());
  CHECK_FALSE(splitTarget("/?a=" + text).has_value());
  CHECK_FALSE(splitTarget("/?" + text).has_value());
}

TEST_CASE("a target is taken apart") {
  struct Row {
    std::string target;
    std::string path;
    Segments segments;
    Query query;
  };
  const auto row = GENERATE(values<Row>({
      {"/", "/", {}, {}},
      {"*", "*", {}, {}},
      {"/a/b", "/a/b", {"a", "b"}, {}},
      {"/a/b/", "/a/b/", {"a", "b"}, {}},
      {"/a//b", "/a//b", {"a", "", "b"}, {}},
      {"/a%2Fb/%63", "/a%2Fb/%63", {"a/b", "c"}, {}},
      {"/a?", "/a", {"a"}, {}},
      {"/a?b?c=d?", "/a", {"a"}, {{"b?c", "d?"}}},
      {"/?a=1&b=2&a=3", "/", {}, {{"a", "3"}, {"b", "2"}}},
      {"/?a&&=x&b=&c=d=e", "/", {}, {{"a", ""}, {"b", ""}, {"c", "d=e"}}},
      {"/?a+b=c%26d+", "/", {}, {{"a b", "c&d "}}},
  }));
  CAPTURE(row.target);
  const auto target = splitTarget(row.target);
  REQUIRE(target.has_value());
  CHECK(target->path == row.path);
  CHECK(target->segments == row.segments);
  CHECK(target->query == row.query);
}

TEST_CASE("of a parameter that is repeated every value is told, in order") {
  const auto target = splitTarget("/?a=1&b=2&a=3&=x");
  REQUIRE(target.has_value());
  using Fields = std::vector<std::pair<std::string, std::string>>;
  CHECK(target->query_fields == Fields{{"a", "1"}, {"b", "2"}, {"a", "3"}});
}

}  // namespace
}  // namespace owpool::http
