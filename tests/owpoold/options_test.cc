#include <catch2/catch.hpp>

#include <iterator>

#include "fmt/format.h"
#include "owpoold/config/option_table.h"
#include "owpoold/config/options.h"
#include "owpoold/config/text_units.h"
#include "temp_dir.h"

namespace owpool::daemon {
namespace {

using namespace std::chrono_literals;
using Catch::Matchers::Contains;

const Surroundings kSurroundings{"/home/ada", "", "/opt/runtimes.json"};

Options parsed(const std::vector<std::string>& arguments) {
  const auto options = parseOptions(arguments, kSurroundings);
  INFO(options.status());
  REQUIRE(options.ok());
  return *options;
}

std::string errorOf(const std::vector<std::string>& arguments) {
  const auto options = parseOptions(arguments, kSurroundings);
  REQUIRE_FALSE(options.ok());
  return std::string(options.status().message());
}

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
                            "99999999999999999999m", "9223372036854775807k"}) {
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
  for (const char* wrong : {"", "10", "s", "-1s", "1.5s", "1w", "9223372036854775807h"}) {
    INFO(wrong);
    CHECK_FALSE(parseDuration(wrong).ok());
  }
}

TEST_CASE("Without options the daemon listens on loopback and keeps its state below HOME") {
  const Options options = parsed({});
  CHECK(options.listen_address == "127.0.0.1");
  CHECK(options.listen_port == 3233);
  CHECK(options.state_dir == "/home/ada/.local/state/owpool");
  CHECK(options.factory == "process");
  CHECK(options.user_memory == ByteSize::mebibytes(1024));
  CHECK(options.runtimes_file == "/opt/runtimes.json");
  CHECK(options.pause_grace == 10s);
  CHECK(options.idle_timeout == 10min);
}

TEST_CASE("XDG_STATE_HOME comes before HOME") {
  const auto options = parseOptions({}, {"/home/ada", "/state", ""});
  REQUIRE(options.ok());
  CHECK(options->state_dir == "/state/owpool");
}

TEST_CASE("Without HOME the state directory must be given") {
  const auto options = parseOptions({}, {"", "", ""});
  REQUIRE_FALSE(options.ok());
  CHECK_THAT(std::string(options.status().message()), Contains("--state-dir"));
}

TEST_CASE("Every option can be written with a space and with an equals sign") {
  for (const auto& arguments : std::vector<std::vector<std::string>>{
           {"--listen", "[::1]:0", "--state-dir", "/s", "--factory", "process", "--user-memory",
            "2g", "--runtimes", "r.json", "--pause-grace", "0s", "--idle-timeout", "1m"},
           {"--listen=[::1]:0", "--state-dir=/s", "--factory=process", "--user-memory=2g",
            "--runtimes=r.json", "--pause-grace=0s", "--idle-timeout=1m"}}) {
    const Options options = parsed(arguments);
    CHECK(options.listen_address == "::1");
    CHECK(options.listen_port == 0);
    CHECK(options.state_dir == "/s");
    CHECK(options.user_memory == ByteSize::mebibytes(2048));
    CHECK(options.runtimes_file == "r.json");
    CHECK(options.pause_grace == 0s);
    CHECK(options.idle_timeout == 1min);
  }
}

TEST_CASE("An error names the option and its rule") {
  struct Row {
    std::vector<std::string> arguments;
    const char* name;
    const char* rule;
  };
  const Row rows[] = {
      {{"--listen", "3233"}, "--listen", "ADDRESS:PORT"},
      {{"--listen", "127.0.0.1:65536"}, "--listen", "0 to 65535"},
      {{"--listen", "127.0.0.1:"}, "--listen", "ADDRESS:PORT"},
      {{"--listen", "127.0.0.1:80x"}, "--listen", "ADDRESS:PORT"},
      {{"--listen", ":80"}, "--listen", "ADDRESS:PORT"},
      {{"--listen", "::1:80"}, "--listen", "ADDRESS:PORT"},
      {{"--factory", "docker"}, "--factory", "not in this version"},
      {{"--factory", "wasm"}, "--factory", "must be 'process'"},
      {{"--user-memory", "lots"}, "--user-memory", "like 256m"},
      {{"--user-memory", "0m"}, "--user-memory", "more than 0"},
      {{"--user-memory", "9999999999g"}, "--user-memory", "too large"},
      {{"--user-memory", "1048577g"}, "--user-memory", "at most 1048576g"},
      {{"--idle-timeout", "36501d"}, "--idle-timeout", "at most 36500d"},
      {{"--buffer-max", "-1"}, "--buffer-max", "from 0 to"},
      {{"--activations-max", "0"}, "--activations-max", "or none"},
      {{"--log-level", "loud"}, "--log-level", "debug|info|warning|error"},
      {{"--idle-timeout", "0s"}, "--idle-timeout", "more than 0"},
      {{"--pause-grace", "soon"}, "--pause-grace", "like 10s"},
      {{"--state-dir="}, "--state-dir", "must not be empty"},
      {{"--state-dir"}, "--state-dir", "needs a value"},
      {{"--memory", "1g"}, "--memory", "unknown option"},
      {{"serve"}, "serve", "begin with --"},
      {{"--config", "/does/not/exist"}, "--config", "No such file"},
  };
  for (const Row& row : rows) {
    const std::string error = errorOf(row.arguments);
    CHECK_THAT(error, Contains(row.name));
    CHECK_THAT(error, Contains(row.rule));
  }
}

TEST_CASE("The command line wins over the configuration file, wherever it stands") {
  const TempDir dir;
  const std::string file =
      dir.write("owpoold.json", R"({"user-memory":"512m","listen":"127.0.0.1:9"})");
  const Options options = parsed({"--user-memory", "128m", "--config", file});
  CHECK(options.user_memory == ByteSize::mebibytes(128));
  CHECK(options.listen_port == 9);
}

TEST_CASE("A mistake in the configuration file is named") {
  const TempDir dir;
  const auto error = [&](const std::string& text) {
    return errorOf({"--config", dir.write("c.json", text)});
  };
  CHECK_THAT(error(R"({"user-memori":"1g"})"), Contains("unknown key \"user-memori\""));
  CHECK_THAT(error(R"({"config":"x"})"), Contains("unknown key \"config\""));
  CHECK_THAT(error(R"({"user-memory":1024})"), Contains("user-memory: must be a string"));
  CHECK_THAT(error(R"({"user-memory":"1"})"), Contains("user-memory: a size is"));
  CHECK_THAT(error(R"(["user-memory"])"), Contains("must be a JSON object"));
  CHECK_THAT(error("{"), Contains("c.json"));
}

TEST_CASE("The default of an option is a value that it takes") {
  for (const Option& option : optionTable()) {
    INFO(option.name);
    const std::string text = option.get(Options());
    if (option.name == "state-dir" || option.name == "runtimes") continue;
    Options options;
    CHECK(option.set(options, text).ok());
    CHECK(option.get(options) == text);
  }
}

TEST_CASE("Every option takes what is written, and gives it back") {
  struct Row {
    const char* name;
    const char* value;
  };
  const Row rows[] = {
      {"listen", "[::1]:80"},          {"state-dir", "/s"},
      {"factory", "process"},          {"runtimes", "r.json"},
      {"connections-max", "7"},        {"drain-timeout", "0ms"},
      {"log-level", "debug"},          {"log-format", "json"},
      {"metrics-compat", "openwhisk"}, {"user-memory", "3g"},
      {"pause-grace", "none"},         {"idle-timeout", "90s"},
      {"memory-release", "start"},     {"prewarm-accounting", "shared"},
      {"prewarm-check-interval", "1m"}, {"queue-discipline", "warm-bypass"},
      {"blocking-priority", "blocking-first"}, {"buffer-max", "0"},
      {"starts-in-flight-max", "1"},   {"reschedules-max", "0"},
      {"concurrent-invocations", "none"}, {"invocations-per-minute", "60"},
      {"action-concurrency-max", "1"}, {"action-memory-max", "1g"},
      {"action-timeout-max", "1h"},    {"activations-max", "none"},
      {"activations-max-age", "none"},
  };
  CHECK(std::size(rows) == optionTable().size());
  for (const Row& row : rows) {
    INFO(row.name);
    const Option* option = findOption(row.name);
    REQUIRE(option != nullptr);
    const Options by_flag = parsed({fmt::format("--{}={}", row.name, row.value)});
    CHECK(option->get(by_flag) == row.value);
    Surroundings surroundings = kSurroundings;
    surroundings.environment = {{variableOf(row.name), row.value}};
    const auto by_variable = parseOptions({}, surroundings);
    REQUIRE(by_variable.ok());
    CHECK(option->get(*by_variable) == row.value);
  }
}

TEST_CASE("The environment wins over the file, and the command line over both") {
  const TempDir dir;
  const std::string file = dir.write(
      "c.json", R"({"user-memory":"1m","buffer-max":"1","reschedules-max":"1"})");
  Surroundings surroundings = kSurroundings;
  surroundings.environment = {{"OWPOOLD_USER_MEMORY", "2m"}, {"OWPOOLD_BUFFER_MAX", "2"}};
  const auto options = parseOptions({"--config", file, "--user-memory", "3m"}, surroundings);
  REQUIRE(options.ok());
  CHECK(options->user_memory == ByteSize::mebibytes(3));
  CHECK(options->buffer_max == 2);
  CHECK(options->reschedules_max == 1);
}

TEST_CASE("Help and version need nothing else, and help lists every option") {
  CHECK(parsed({"--help"}).help);
  CHECK(parsed({"--version"}).version);
  for (const char* flag : {"--listen", "--state-dir", "--factory", "--user-memory", "--runtimes",
                           "--config", "--pause-grace", "--idle-timeout", "--help", "--version"}) {
    CHECK_THAT(helpText(), Contains(flag));
  }
}

}  // namespace
}  // namespace owpool::daemon
