#include "tests/scenario/scenario_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <sstream>
#include <stdexcept>
#include <utility>

namespace owpool::scenario {
namespace {

constexpr const char* kRule = "----";

bool isEmpty(const Step& step) { return step.comments.empty() && step.commands.empty(); }

// The lengths of the longest common part of every tail of "a" with every tail of "b".
std::vector<std::vector<int>> commonLengths(const Lines& a, const Lines& b) {
  std::vector<std::vector<int>> length(a.size() + 1, std::vector<int>(b.size() + 1));
  for (std::size_t i = a.size(); i-- > 0;) {
    for (std::size_t j = b.size(); j-- > 0;) {
      length[i][j] = a[i] == b[j] ? length[i + 1][j + 1] + 1
                                  : std::max(length[i + 1][j], length[i][j + 1]);
    }
  }
  return length;
}

}  // namespace

std::vector<Step> parseSteps(const std::string& text) {
  std::vector<Step> steps;
  Step step;
  bool is_expected = false;
  int number = 0;
  const auto end_step = [&] {
    if (!step.commands.empty() && !is_expected) {
      throw std::runtime_error(fmt::format("line {}: a command without \"----\"",
                                           step.commands.back().number));
    }
    if (!isEmpty(step)) steps.push_back(std::exchange(step, {}));
    is_expected = false;
  };
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    ++number;
    if (line.empty()) {
      end_step();
    } else if (is_expected) {
      step.expected.push_back(line);
    } else if (line == kRule) {
      if (step.commands.empty()) {
        throw std::runtime_error(fmt::format("line {}: \"----\" without a command", number));
      }
      is_expected = true;
    } else if (line[0] == '#') {
      if (!step.commands.empty()) {
        throw std::runtime_error(fmt::format("line {}: a comment after a command", number));
      }
      step.comments.push_back(line);
    } else {
      step.commands.push_back({number, line});
    }
  }
  end_step();
  return steps;
}

std::string textOf(const std::vector<Step>& steps) {
  std::string out;
  for (const Step& step : steps) {
    if (!out.empty()) out += "\n";
    for (const std::string& line : step.comments) out += line + "\n";
    for (const CommandLine& line : step.commands) out += line.text + "\n";
    if (!step.commands.empty()) out += std::string(kRule) + "\n";
    for (const std::string& line : step.expected) out += line + "\n";
  }
  return out;
}

std::string difference(const Lines& expected, const Lines& actual) {
  const auto length = commonLengths(expected, actual);
  std::string out;
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < expected.size() || j < actual.size()) {
    if (i < expected.size() && j < actual.size() && expected[i] == actual[j]) {
      out += "  " + expected[i] + "\n";
      ++i;
      ++j;
    } else if (i < expected.size() &&
               (j == actual.size() || length[i + 1][j] >= length[i][j + 1])) {
      out += "- " + expected[i++] + "\n";
    } else {
      out += "+ " + actual[j++] + "\n";
    }
  }
  return out;
}

}  // namespace owpool::scenario
