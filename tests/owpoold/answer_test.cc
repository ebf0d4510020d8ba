#include "owpoold/config/answer.h"

#include <catch2/catch.hpp>

#include "temp_dir.h"

namespace owpool::daemon {
namespace {

using Catch::Matchers::Contains;

constexpr const char* kManifest =
    R"({"runtimes":{"a":[{"kind":"a:1","process":{"command":["/bin/a"]}}]}})";
constexpr const char* kTwins =
    R"({"runtimes":{"a":[{"kind":"a:1","process":{"command":["/bin/a"]},"stemCells":[
        {"initialCount":1,"memory":"1 MB"},{"initialCount":2,"memory":"1 MB"}]}]}})";

struct Files {
  TempDir dir;
  std::string good = dir.write("good.json", R"({"buffer-max": 1})");
  std::string bad = dir.write("bad.json", R"({"buffer-max": -1})");
  std::string manifest = dir.write("runtimes.json", kManifest);
  std::string twins = dir.write("twins.json", kTwins);
};

TEST_CASE("The exit status says whose fault it is, and nothing that fits is served") {
  const Files files;
  struct Row {
    std::vector<std::string> arguments;
    int exit_status;
    std::string err;
  };
  const Row rows[] = {
      {{"--bogus"}, 2, "unknown option --bogus"},
      {{"--buffer-max=x"}, 2, "--buffer-max: must be"},
      {{"--config", files.bad}, 78, "buffer-max: must be"},
      {{"--config", files.bad, "--bogus"}, 2, "buffer-max: must be"},
      {{"--config", "/does/not/exist"}, 78, "No such file"},
      {{"--runtimes", "/does/not/exist"}, 2, "--runtimes: /does/not/exist: cannot open"},
      {{"--runtimes", files.twins}, 2, "has the kind and memory of prewarms[0]"},
      {{"--check-config", "--bogus"}, 78, "unknown option --bogus"},
      {{"--check-config", "--config", files.bad}, 78, "bad.json:1:16: buffer-max: must be"},
      {{"--check-config", "--runtimes", files.twins}, 78, "has the kind and memory of prewarms[0]"},
      {{"--print-config", "--config", files.bad}, 78, "buffer-max: must be"},
      {{"--print-default-config", "--bogus"}, 2, "unknown option --bogus"},
  };
  for (const Row& row : rows) {
    INFO(row.err);
    const auto answer =
        answerInstead(readConfiguration(row.arguments, {"/home/ada", "", files.manifest}));
    REQUIRE(answer);
    CHECK(answer->exit_status == row.exit_status);
    CHECK(answer->out.empty());
    CHECK_THAT(answer->err, Contains(row.err));
    CHECK(answer->err.rfind("owpoold: ", 0) == 0);
    CHECK(answer->err.back() == '\n');
  }
}

TEST_CASE("A valid configuration is served, or called so on one line") {
  const Files files;
  const Surroundings surroundings{"/home/ada", "", files.manifest};
  CHECK_FALSE(answerInstead(readConfiguration({"--config", files.good}, surroundings)));
  const auto answer =
      answerInstead(readConfiguration({"--config", files.good, "--check-config"}, surroundings));
  REQUIRE(answer);
  CHECK(answer->exit_status == 0);
  CHECK(answer->err.empty());
  CHECK(answer->out == "OK: configuration of " + files.good + ", runtimes of " + files.manifest +
                           " (a:1)\n");
}

TEST_CASE("Checking reports the mistakes of the manifest with those of the options") {
  const TempDir dir;
  const std::string manifest = dir.write("runtimes.json", "{}");
  const std::string file = dir.write(
      "c.json", "{\n  \"runtimes\": \"" + manifest + "\",\n  \"listn\": \"x\"\n}");
  const auto answer =
      answerInstead(readConfiguration({"--check-config", "--config", file, "--buffer-max=x"}, {}));
  REQUIRE(answer);
  CHECK_THAT(answer->err, Contains("c.json:3:3: unknown key \"listn\""));
  CHECK_THAT(answer->err, Contains("c.json:2:15: runtimes: " + manifest + ": "));
  CHECK_THAT(answer->err, Contains("runtimes is missing"));
  CHECK_THAT(answer->err, Contains("--buffer-max: "));
  CHECK_THAT(answer->err, Contains("--state-dir: must be given"));
}

TEST_CASE("What only prints prints, and ends well") {
  const Surroundings surroundings{"/home/ada", "", "/does/not/exist"};
  for (const auto& [flag, begin] : std::vector<std::pair<std::string, std::string>>{
           {"--help", "owpoold: runs actions"},
           {"--version", "owpoold "},
           {"--print-config", "{\n  \"listen\": \"127.0.0.1:3233\","},
           {"--print-default-config", "// The configuration of owpoold"}}) {
    const auto answer = answerInstead(readConfiguration({flag}, surroundings));
    REQUIRE(answer);
    CHECK(answer->exit_status == 0);
    CHECK(answer->err.empty());
    CHECK(answer->out.rfind(begin, 0) == 0);
  }
}

}  // namespace
}  // namespace owpool::daemon
