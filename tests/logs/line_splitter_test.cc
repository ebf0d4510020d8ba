#include "logs/line_splitter.h"

#include <algorithm>
#include <catch2/catch.hpp>

using owpool::logs::kLineMax;
using owpool::logs::LineSplitter;
using Lines = std::vector<std::string>;

TEST_CASE("lines are cut at line ends, wherever the reads were cut") {
  const std::string text = "one\r\ntwo\n\nfour\nrest";
  for (std::size_t step = 1; step <= text.size(); ++step) {
    LineSplitter splitter("MARK");
    Lines lines;
    for (std::size_t at = 0; at < text.size(); at += step) {
      for (auto& line : splitter.feed(text.substr(at, step))) lines.push_back(line);
    }
    CHECK(lines == Lines{"one", "two", "", "four"});
    CHECK(splitter.flush() == "rest");
    CHECK(splitter.flush() == std::nullopt);
  }
}

TEST_CASE("an endless line comes in pieces and costs no memory") {
  LineSplitter splitter("MARK");
  std::size_t total = 0;
  for (int i = 0; i < 1000; ++i) {
    for (const auto& line : splitter.feed(std::string(1000, 'x'))) {
      CHECK(line.size() == kLineMax);
      total += line.size();
    }
  }
  const auto rest = splitter.flush();
  REQUIRE(rest);
  CHECK(total + rest->size() == 1000000);
}

TEST_CASE("an end mark after a long line without an end is found, wherever the cut would be") {
  const std::string mark = "XXX_MARK_XXX";
  for (std::size_t before = kLineMax - 20; before <= kLineMax + 20; ++before) {
    LineSplitter splitter(mark);
    Lines lines;
    for (auto& line : splitter.feed(std::string(before, 'x') + mark + "\n")) lines.push_back(line);
    const auto marked = [&](const std::string& line) {
      return line.find(mark) != std::string::npos;
    };
    INFO(before);
    CHECK(std::count_if(lines.begin(), lines.end(), marked) == 1);
  }
}
