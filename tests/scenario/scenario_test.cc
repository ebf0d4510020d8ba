// Goal: every file of tests/scenarios says what the pool does. With OWPOOL_REWRITE=1
// the files are written anew, and the difference is for people to judge. One file alone:
// scenario_test "the scenarios hold" -c NAME
#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "tests/scenario/scenario.h"
#include "tests/scenario/scenario_file.h"

namespace owpool::scenario {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> scenarioFiles() {
  std::vector<fs::path> files;
  const fs::path directory = fs::path(OWPOOL_SOURCE_DIR) / "tests/scenarios";
  for (const auto& entry : fs::directory_iterator(directory)) {
    if (entry.path().extension() == ".txt") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::string contentOf(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream content;
  content << in.rdbuf();
  return content.str();
}

// What the step leads to: what each of its commands does, then the pool. "stats" alone
// shows numbers only.
Lines outcomeOf(const Step& step, Scenario& scenario) {
  Lines lines;
  bool shows_pool = false;
  for (const CommandLine& command : step.commands) {
    try {
      for (std::string& line : scenario.perform(command.text)) lines.push_back(std::move(line));
    } catch (const std::runtime_error& error) {
      throw std::runtime_error(fmt::format("line {}: {}: {}", command.number, command.text,
                                           error.what()));
    }
    shows_pool |= command.text != "stats";
  }
  if (!shows_pool) return lines;
  if (lines.empty()) lines.push_back("(no effects)");
  for (std::string& line : scenario.pool()) lines.push_back(std::move(line));
  return lines;
}

void runFile(const fs::path& path) {
  const bool is_rewriting = std::getenv("OWPOOL_REWRITE") != nullptr;
  try {
    std::vector<Step> steps = parseSteps(contentOf(path));
    Scenario scenario;
    for (Step& step : steps) {
      if (step.commands.empty()) continue;
      const Lines actual = outcomeOf(step, scenario);
      if (is_rewriting) {
        step.expected = actual;
      } else if (actual != step.expected) {
        FAIL_CHECK(path.filename().string()
                   << ":" << step.commands.front().number << ": " << step.commands.back().text
                   << "\n(- expected, + actual)\n" << difference(step.expected, actual));
      }
    }
    if (is_rewriting) std::ofstream(path, std::ios::binary) << textOf(steps);
    CHECK(contentOf(path) == textOf(steps));
  } catch (const std::runtime_error& error) {
    FAIL_CHECK(path.filename().string() << ": " << error.what());
  }
}

TEST_CASE("the scenarios hold") {
  for (const fs::path& path : scenarioFiles()) {
    DYNAMIC_SECTION(path.stem().string()) { runFile(path); }
  }
}

TEST_CASE("there are scenarios, and each begins by telling its story") {
  const std::vector<fs::path> files = scenarioFiles();
  CHECK(files.size() >= 30);
  for (const fs::path& path : files) {
    CAPTURE(path.filename().string());
    CHECK(contentOf(path).rfind("# ", 0) == 0);
  }
}

}  // namespace
}  // namespace owpool::scenario
