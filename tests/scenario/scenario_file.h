// A scenario as text: steps, divided by blank lines. A step is comment lines ("# …"),
// one or more commands, a line "----", and what the commands lead to.
#ifndef OWPOOL_TESTS_SCENARIO_SCENARIO_FILE_H_
#define OWPOOL_TESTS_SCENARIO_SCENARIO_FILE_H_

#include <string>
#include <vector>

namespace owpool::scenario {

using Lines = std::vector<std::string>;

struct CommandLine {
  int number = 0;  // In its file, from 1.
  std::string text;
};

struct Step {
  Lines comments;
  std::vector<CommandLine> commands;  // Empty iff it is a comment that stands alone.
  Lines expected;
};

// Throws std::runtime_error with the number of the line that is not in the form above.
std::vector<Step> parseSteps(const std::string& text);

// The text that parseSteps() makes "steps" of.
std::string textOf(const std::vector<Step>& steps);

// What is missing of "expected" as "- …", what is too much in "actual" as "+ …", what
// is in both as "  …". One line each.
std::string difference(const Lines& expected, const Lines& actual);

}  // namespace owpool::scenario

#endif  // OWPOOL_TESTS_SCENARIO_SCENARIO_FILE_H_
