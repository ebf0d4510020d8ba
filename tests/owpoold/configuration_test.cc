#include "owpoold/config/configuration.h"

#include <catch2/catch.hpp>

#include "fmt/format.h"
#include "temp_dir.h"

namespace owpool::daemon {
namespace {

using namespace std::chrono_literals;
using Catch::Matchers::Contains;
using Source = Origin::Source;

Surroundings surroundings(std::map<std::string, std::string> environment = {}) {
  return {"/home/ada", "", "/opt/runtimes.json", std::move(environment)};
}

std::string allProblems(const Configuration& configuration) {
  std::string all;
  for (const Problem& problem : configuration.problems) all += problem.text + "\n";
  return all;
}

Configuration valid(const std::vector<std::string>& arguments, const Surroundings& around) {
  auto configuration = readConfiguration(arguments, around);
  INFO(allProblems(configuration));
  REQUIRE(configuration.problems.empty());
  return configuration;
}

TEST_CASE("Without options the daemon listens on loopback and keeps its state below HOME") {
  const Options options = valid({}, surroundings()).options;
  CHECK(options.listen_address == "127.0.0.1");
  CHECK(options.listen_port == 3233);
  CHECK(options.state_dir == "/home/ada/.local/state/owpool");
  CHECK(options.factory == Factory::Process);
  CHECK(options.user_memory == ByteSize::mebibytes(1024));
  CHECK(options.runtimes_file == "/opt/runtimes.json");
  CHECK(options.pause_grace == 10s);
  CHECK(options.idle_timeout == 10min);
}

TEST_CASE("XDG_STATE_HOME comes before HOME") {
  CHECK(valid({}, {"/home/ada", "/state", ""}).options.state_dir == "/state/owpool");
}

TEST_CASE("Without HOME the state directory must be given, by whatever means") {
  CHECK_THAT(allProblems(readConfiguration({}, {"", "", ""})), Contains("--state-dir: must be"));
  valid({"--state-dir", "/s"}, {"", "", ""});
  valid({}, {"", "", "", {{"OWPOOLD_STATE_DIR", "/s"}}});
}

TEST_CASE("Every option can be written as a flag in two ways, as a variable and as a key") {
  const TempDir dir;
  for (const Option& option : optionTable()) {
    INFO(option.name);
    const std::string value =
        option.default_words.empty() ? option.get(Options()) : std::string("/other");
    const std::string file =
        dir.write("c.json", fmt::format("{{\"{}\": \"{}\"}}", option.name, value));
    const std::vector<std::pair<Configuration, Source>> all = {
        {valid({"--" + option.name, value}, surroundings()), Source::CommandLine},
        {valid({"--" + option.name + "=" + value}, surroundings()), Source::CommandLine},
        {valid({}, surroundings({{variableOf(option.name), value}})), Source::Environment},
        {valid({"--config", file}, surroundings()), Source::File},
    };
    for (const auto& [configuration, source] : all) {
      CHECK(option.get(configuration.options) == value);
      CHECK(configuration.origins.at(option.name).source == source);
    }
  }
}

TEST_CASE("A flag wins over its variable, that over the file, that over the default") {
  const TempDir dir;
  const std::string file = dir.write(
      "c.json", "{\"user-memory\": \"1m\", \"buffer-max\": 1,\n\"reschedules-max\": 1}");
  // Wherever the flags stand.
  for (const auto& arguments :
       std::vector<std::vector<std::string>>{{"--config", file, "--user-memory=3m"},
                                             {"--user-memory=3m", "--config", file}}) {
    const auto configuration = valid(
        arguments, surroundings({{"OWPOOLD_USER_MEMORY", "2m"}, {"OWPOOLD_BUFFER_MAX", "2"}}));
    CHECK(configuration.file == file);
    CHECK(configuration.options.user_memory == ByteSize::mebibytes(3));
    CHECK(configuration.options.buffer_max == 2);
    CHECK(configuration.options.reschedules_max == 1);
    CHECK(configuration.options.starts_in_flight_max == 64);
    CHECK(configuration.origins.at("user-memory").words == "--user-memory");
    CHECK(configuration.origins.at("buffer-max").words == "OWPOOLD_BUFFER_MAX");
    CHECK(configuration.origins.at("reschedules-max").words == file + ":2");
    CHECK(configuration.origins.at("starts-in-flight-max").words == "default");
  }
}

TEST_CASE("A flag that stands there twice has its last value") {
  CHECK(valid({"--buffer-max=1", "--buffer-max=2"}, surroundings()).options.buffer_max == 2);
}

TEST_CASE("The file is that of --config, else of OWPOOLD_CONFIG, else the default one if there") {
  const TempDir dir;
  const std::string by_flag = dir.write("flag.json", R"({"buffer-max": 1})");
  const std::string by_variable = dir.write("variable.json", R"({"buffer-max": 2})");
  const std::string by_default = dir.write("default.json", R"({"buffer-max": 3})");
  Surroundings around = surroundings();
  CHECK(valid({}, around).file.empty());
  around.default_config_file = dir.path() + "/nothing.json";
  CHECK(valid({}, around).file.empty());
  around.default_config_file = by_default;
  CHECK(valid({}, around).options.buffer_max == 3);
  around.environment = {{"OWPOOLD_CONFIG", by_variable}};
  CHECK(valid({}, around).options.buffer_max == 2);
  CHECK(valid({"--config", by_flag}, around).options.buffer_max == 1);
}

TEST_CASE("A file that is named must be there, and a default one must be right") {
  const TempDir dir;
  const std::string missing = dir.path() + "/missing.json";
  const std::string expected = missing + ": cannot open: No such file or directory\n";
  CHECK(allProblems(readConfiguration({"--config", missing}, surroundings())) == expected);
  CHECK(allProblems(readConfiguration({}, surroundings({{"OWPOOLD_CONFIG", missing}}))) ==
        expected);
  Surroundings around = surroundings();
  around.default_config_file = dir.write("default.json", "[]");
  CHECK_THAT(allProblems(readConfiguration({}, around)), Contains("must be a JSON object"));
  around.default_config_file = dir.path();
  CHECK_THAT(allProblems(readConfiguration({}, around)), Contains("Is a directory"));
}

TEST_CASE("A mistake of usage names the flag and the rule") {
  struct Row {
    std::vector<std::string> arguments;
    const char* problem;
  };
  const Row rows[] = {
      {{"--user-memory", "lots"}, "--user-memory: a size is"},
      {{"--state-dir="}, "--state-dir: must not be empty"},
      {{"--state-dir"}, "--state-dir: needs a value"},
      {{"--memory", "1g"}, "unknown option --memory: --help lists them"},
      {{"--user-memori", "1g"}, "unknown option --user-memori, did you mean --user-memory?"},
      {{"--chek-config"}, "unknown option --chek-config, did you mean --check-config?"},
      {{"--confg=x"}, "unknown option --confg, did you mean --config?"},
      {{"serve"}, "unexpected argument 'serve': options begin with --"},
      {{"-h"}, "unexpected argument '-h'"},
      {{"--"}, "unknown option --: --help lists them"},
      {{"--help=1"}, "--help: takes no value"},
      {{"--print-config=yes"}, "--print-config: takes no value"},
      {{"--print-config", "--check-config"}, "--check-config: not together with"},
      {{"--config="}, "--config: must not be empty"},
      {{"--config"}, "--config: needs a value"},
      {{"--config", "/dev/null", "--config", "/dev/null"}, "--config: stands there twice"},
  };
  for (const Row& row : rows) {
    const auto configuration = readConfiguration(row.arguments, surroundings());
    REQUIRE_FALSE(configuration.problems.empty());
    CHECK_THAT(allProblems(configuration), Contains(row.problem));
    CHECK(configuration.problems.back().is_usage);
  }
}

TEST_CASE("A mistake in the environment names the variable") {
  const auto problems = [](const char* variable, const char* value) {
    const auto configuration = readConfiguration({}, surroundings({{variable, value}}));
    for (const Problem& problem : configuration.problems) CHECK_FALSE(problem.is_usage);
    return allProblems(configuration);
  };
  CHECK_THAT(problems("OWPOOLD_USER_MEMORY", "1"), Contains("OWPOOLD_USER_MEMORY: a size is"));
  CHECK(problems("OWPOOLD_USER_MEMORI", "1m") ==
        "unknown variable OWPOOLD_USER_MEMORI, did you mean OWPOOLD_USER_MEMORY?\n");
  CHECK(problems("OWPOOLD_CONFG", "x") ==
        "unknown variable OWPOOLD_CONFG, did you mean OWPOOLD_CONFIG?\n");
  CHECK(problems("OWPOOLD_PORT", "1") == "unknown variable OWPOOLD_PORT\n");
  CHECK(problems("OWPOOLD_CONFIG", "") == "OWPOOLD_CONFIG: must not be empty\n");
}

TEST_CASE("All mistakes are found, not only the first") {
  const TempDir dir;
  const std::string file = dir.write("c.json", R"({"listen": "x", "listn": "y"})");
  const auto configuration =
      readConfiguration({"--config", file, "--bogus=1", "--buffer-max=x", "y"},
                        surroundings({{"OWPOOLD_LISTEN", "z"}, {"OWPOOLD_BOGUS", ""}}));
  CHECK(configuration.problems.size() == 7);
}

TEST_CASE("Who asks for help or the version gets it, whatever else is wrong") {
  for (const auto& [flag, command] : std::vector<std::pair<std::string, Command>>{
           {"--help", Command::Help}, {"--version", Command::Version}}) {
    const auto configuration = readConfiguration(
        {"--bogus", flag, "--config", "/does/not/exist"}, surroundings({{"OWPOOLD_BOGUS", "1"}}));
    CHECK(configuration.command == command);
    CHECK(configuration.problems.empty());
  }
  CHECK(readConfiguration({"--version", "--help"}, surroundings()).command == Command::Help);
}

}  // namespace
}  // namespace owpool::daemon
