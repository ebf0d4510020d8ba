#include "owpoold/config/config_file.h"

#include <catch2/catch.hpp>

#include "owpoold/config/configuration.h"
#include "temp_dir.h"

namespace owpool::daemon {
namespace {

// What is wrong with a file of this text, without its directory.
std::string problemOf(const std::string& text) {
  const TempDir dir;
  const auto configuration =
      readConfiguration({"--config", dir.write("c.json", text)}, {"/home/ada", "", "r.json"});
  REQUIRE(configuration.problems.size() == 1);
  CHECK_FALSE(configuration.problems.front().is_usage);
  const std::string problem = configuration.problems.front().text;
  REQUIRE(problem.rfind(dir.path() + "/", 0) == 0);
  return problem.substr(dir.path().size() + 1);
}

TEST_CASE("A mistake in the file is named with file, line, column, key and rule") {
  struct Row {
    const char* text;
    const char* problem;
  };
  const Row rows[] = {
      {"{\n  \"user-memory\": \"1\"\n}",
       "c.json:2:18: user-memory: a size is a whole number and a unit (b, k, m or g), like 256m, "
       "not '1'"},
      {"{\"user-memory\": 1024}", "c.json:1:17: user-memory: must be a string: SIZE"},
      {"{\"log-level\": null}",
       "c.json:1:15: log-level: must be a string: debug|info|warning|error"},
      {"{\"buffer-max\": true}", "c.json:1:16: buffer-max: must be a string or a number: COUNT"},
      {"{\"buffer-max\": 1.5}",
       "c.json:1:16: buffer-max: must be a whole number from 0 to 1000000000, not '1.5'"},
      {"// x\n{ \"user-memori\": \"1g\" }",
       "c.json:2:3: unknown key \"user-memori\", did you mean user-memory?"},
      {"{\"port\": 1}", "c.json:1:2: unknown key \"port\""},
      {"{\"config\": \"x\"}", "c.json:1:2: unknown key \"config\""},
      {"{\"a\\nb\": 1}", "c.json:1:2: unknown key \"a\\nb\""},
      {" [\"user-memory\"]", "c.json:1:2: must be a JSON object"},
      {"{\"listen\": \"a:1\",\n  \"listen\": \"a:2\"}",
       "c.json:2:3: the key \"listen\" twice in one object"},
      {"{\"listen\": \"a:1\",}", "c.json:1:17: a comma before }, where JSON has none"},
      {"{", "c.json:1:2: Missing a name for object member."},
  };
  for (const Row& row : rows) {
    INFO(row.text);
    CHECK(problemOf(row.text) == row.problem);
  }
}

TEST_CASE("Counts are numbers or strings in the file") {
  const Settings settings = parseConfigFile(
      R"({"buffer-max": 7, "activations-max": "8", "invocations-per-minute": "none"})", "c.json");
  REQUIRE(settings.problems.empty());
  REQUIRE(settings.all.size() == 3);
  CHECK(settings.all[0].value == "7");
  CHECK(settings.all[1].value == "8");
  CHECK(settings.all[2].value == "none");
}

TEST_CASE("A file of more than a mebibyte is refused") {
  const TempDir dir;
  const auto settings = readConfigFile(dir.write("c.json", std::string((1 << 20) + 1, ' ')));
  REQUIRE(settings.problems.size() == 1);
  CHECK(settings.problems.front().text ==
        dir.path() + "/c.json: larger than the 1048576 bytes allowed");
}

}  // namespace
}  // namespace owpool::daemon
