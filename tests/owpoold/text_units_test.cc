#include <catch2/catch.hpp>

#include "owpoold/config/text_units.h"

namespace owpool::daemon {
namespace {

using namespace std::chrono_literals;
using Catch::Matchers::Contains;

TEST_CASE("A size is a number and a unit") {
  struct Row {
    const char* text;
    std::int64_t bytes;
  };
  const Row rows[] = {{"1b", 1},           {"2k", 2048},         {"256m", 256LL << 20},
                      {"256M", 256LL << 20}, {"256 MB", 256LL << 20}, {"3gb", 3LL << 30},
                      {"0m", 0}};
  for (const Row& row : rows) {
    INFO(row.text);
    const auto size = parseByteSize(row.text);
    REQUIRE(size.ok());
    CHECK(size->count() == row.bytes);
  }
  for (const char* wrong : {"", "m", "256", "-1m", "1.5g", "256  m", "256mm", "1t", " 1m", "1m ",
                            "bb", "1bb", "99999999999999999999m"}) {
    INFO(wrong);
    CHECK_FALSE(parseByteSize(wrong).ok());
  }
}

TEST_CASE("A duration is a number and a unit") {
  CHECK(*parseDuration("250ms") == 250ms);
  CHECK(*parseDuration("10s") == 10s);
  CHECK(*parseDuration("10m") == 10min);
  CHECK(*parseDuration("2h") == 2h);
  CHECK(*parseDuration("30d") == 720h);
  for (const char* wrong : {"", "10", "s", "-1s", "1.5s", "1w", "1d12h"}) {
    INFO(wrong);
    CHECK_FALSE(parseDuration(wrong).ok());
  }
}

TEST_CASE("What does not fit is called too large, not misspelt") {
  const auto size = parseByteSize("9223372036854775807k");
  REQUIRE_FALSE(size.ok());
  CHECK_THAT(std::string(size.status().message()), Contains("too large"));
  CHECK(parseByteSize("8589934591g").ok());
  CHECK_FALSE(parseByteSize("8589934592g").ok());
  const auto duration = parseDuration("9223372036854775807h");
  REQUIRE_FALSE(duration.ok());
  CHECK_THAT(std::string(duration.status().message()), Contains("too large"));
  CHECK(parseDuration("106751d").ok());
  CHECK_FALSE(parseDuration("106752d").ok());
}

TEST_CASE("Sizes and durations are written in the largest unit that fits") {
  for (const char* text : {"0b", "1b", "1023b", "1k", "1536k", "512m", "1g", "1025m"}) {
    CHECK(sizeText(*parseByteSize(text)) == text);
  }
  CHECK(sizeText(*parseByteSize("1024m")) == "1g");
  for (const char* text : {"0ms", "1ms", "1500ms", "90s", "5m", "25h", "30d"}) {
    CHECK(durationText(*parseDuration(text)) == text);
  }
  CHECK(durationText(*parseDuration("120m")) == "2h");
}

}  // namespace
}  // namespace owpool::daemon
