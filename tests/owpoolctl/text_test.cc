#include "owpoolctl/text.h"

#include <catch2/catch.hpp>

#include <string>

namespace owpool::ctl {
namespace {

TEST_CASE("what could move a terminal's cursor is removed from text") {
  struct Row {
    std::string text, clean;
  };
  const auto row = GENERATE(
      Row{"plain", "plain"}, Row{"süß 漢字 🦆", "süß 漢字 🦆"}, Row{"a\tb", "a b"},
      Row{"a\r\nb\bc\x7F", "abc"}, Row{"\x1B[2J\x1B[1;31mred\x1B[0m", "red"},
      Row{"\x1B]0;title\aafter", "after"}, Row{"\x1B]8;;http://x\x1B\\link", "link"},
      Row{"\x1BPq\x1B\\x", "x"}, Row{"\x1B" "cx", "x"}, Row{"end\x1B", "end"},
      Row{"end\x1B[1", "end"},
      Row{"\xC2\x9B" "31mx", "31mx"}, Row{"a\xE2\x80\xAE" "b", "ab"}, Row{"a\xFF\x9B\xC3", "a"},
      Row{std::string("a\0b", 3), "ab"});
  CHECK(cleaned(row.text) == row.clean);
}

TEST_CASE("text is cut to a width in characters") {
  CHECK(fitted("süß", 3) == "süß");
  CHECK(fitted("süßer", 4) == "süß…");
  CHECK(fitted("abc", 0).empty());
}

TEST_CASE("text is broken between words") {
  CHECK(wrapped("one two three", 9, "  ") == "one two\n  three");
  CHECK(wrapped("a-word-that-is-too-long b", 8, "") == "a-word-that-is-too-long\nb");
}

TEST_CASE("durations are written with the unit that fits") {
  struct Row {
    std::int64_t micros;
    std::string text;
  };
  const auto row = GENERATE(Row{0, "0 µs"}, Row{-5, "0 µs"}, Row{850, "850 µs"},
                            Row{1250, "1.2 ms"}, Row{12'345, "12 ms"}, Row{1'450'000, "1.4 s"},
                            Row{60'000'000, "1 min"}, Row{200'000'000, "3 min 20 s"},
                            Row{7'500'000'000, "2 h 5 min"}, Row{273'600'000'000, "3 d 4 h"});
  CHECK(durationText(row.micros) == row.text);
}

TEST_CASE("columns are as wide as their widest cell") {
  CHECK(tableText({"NAME", ">N"}, {{"a", "1000"}, {"longer", "2"}}) ==
        "NAME       N\n"
        "a       1000\n"
        "longer     2\n");
}

TEST_CASE("without colour, style leaves text alone") {
  CHECK(Style{false}(Tone::Bad, "x") == "x");
  CHECK(Style{true}(Tone::Bad, "x") == "\x1B[31mx\x1B[0m");
}

}  // namespace
}  // namespace owpool::ctl
