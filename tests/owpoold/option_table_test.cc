#include <catch2/catch.hpp>

#include <set>

#include "owpoold/config/option_table.h"
#include "owpoold/support/nearest_name.h"

namespace owpool::daemon {
namespace {

using Catch::Matchers::Contains;

TEST_CASE("The default of an option is a value that it takes") {
  for (const Option& option : optionTable()) {
    INFO(option.name);
    const std::string text = option.get(Options());
    if (!option.default_words.empty()) {
      CHECK(text.empty());
      continue;
    }
    Options options;
    CHECK(option.set(options, text).ok());
    CHECK(option.get(options) == text);
  }
}

TEST_CASE("An option takes what is written, and gives it back") {
  struct Row {
    const char* name;
    const char* value;
  };
  const Row rows[] = {
      {"listen", "[::1]:80"},
      {"state-dir", "/s"},
      {"factory", "docker"},
      {"docker-host", "tcp://127.0.0.1:2375"},
      {"docker-network", "mine"},
      {"docker-pull", "never"},
      {"docker-pause", "freezer"},
      {"docker-parallel-creates", "3"},
      {"blackbox-images", "mine/,ubuntu:22.04"},
      {"runtimes", "r.json"},
      {"connections-max", "7"},
      {"drain-timeout", "0ms"},
      {"log-level", "debug"},
      {"log-format", "json"},
      {"metrics-compat", "openwhisk"},
      {"user-memory", "3g"},
      {"pause-grace", "none"},
      {"idle-timeout", "90s"},
      {"memory-release", "start"},
      {"prewarm-accounting", "shared"},
      {"prewarm-check-interval", "1m"},
      {"queue-discipline", "warm-bypass"},
      {"blocking-priority", "blocking-first"},
      {"buffer-max", "0"},
      {"starts-in-flight-max", "1"},
      {"reschedules-max", "0"},
      {"concurrent-invocations", "none"},
      {"invocations-per-minute", "60"},
      {"action-concurrency-max", "1"},
      {"action-memory-max", "1g"},
      {"action-timeout-max", "1h"},
      {"activations-max", "none"},
      {"activations-max-age", "none"},
  };
  std::set<std::string> seen;
  for (const Row& row : rows) {
    INFO(row.name);
    seen.insert(row.name);
    const Option* option = findOption(row.name);
    REQUIRE(option != nullptr);
    Options options;
    CHECK(option->set(options, row.value).ok());
    CHECK(option->get(options) == row.value);
  }
  const auto names = optionNames();
  CHECK(seen == std::set<std::string>(names.begin(), names.end()));
}

TEST_CASE("An option refuses what breaks its rule, says the rule and stays as it was") {
  struct Row {
    const char* name;
    const char* value;
    const char* rule;
  };
  const Row rows[] = {
      {"listen", "3233", "ADDRESS:PORT"},
      {"listen", "127.0.0.1:65536", "0 to 65535"},
      {"listen", "127.0.0.1:", "ADDRESS:PORT"},
      {"listen", "127.0.0.1:80x", "ADDRESS:PORT"},
      {"listen", ":80", "ADDRESS:PORT"},
      {"listen", "::1:80", "ADDRESS:PORT"},
      {"factory", "wasm", "one of process|docker"},
      {"docker-host", "/var/run/docker.sock", "unix:///PATH"},
      {"docker-host", "", "must not be empty"},
      {"docker-network", "a b", "the name of a network"},
      {"docker-pull", "always", "one of never|missing"},
      {"docker-parallel-creates", "-1", "from 0 to 1000"},
      {"blackbox-images", "mine/,", "names of images"},
      {"blackbox-images", "../secret", "names of images"},
      {"blackbox-images", "a b", "names of images"},
      {"state-dir", "", "must not be empty"},
      {"user-memory", "lots", "like 256m"},
      {"user-memory", "0m", "more than 0"},
      {"user-memory", "9999999999g", "too large"},
      {"user-memory", "1048577g", "at most 1048576g"},
      {"user-memory", "none", "a size is"},
      {"idle-timeout", "0s", "more than 0"},
      {"idle-timeout", "36501d", "at most 36500d"},
      {"idle-timeout", "none", "a duration is"},
      {"pause-grace", "soon", "or none"},
      {"activations-max", "0", "or none"},
      {"buffer-max", "-1", "from 0 to 1000000000"},
      {"buffer-max", "1e3", "whole number"},
      {"buffer-max", "", "whole number"},
      {"buffer-max", "99999999999999999999", "whole number"},
      {"buffer-max", "none", "whole number"},
      {"log-level", "loud", "one of debug|info|warning|error"},
      {"log-level", "Info", "one of debug|info|warning|error"},
  };
  for (const Row& row : rows) {
    INFO(row.name << " " << row.value);
    const Option* option = findOption(row.name);
    REQUIRE(option != nullptr);
    Options options;
    const auto status = option->set(options, row.value);
    CHECK_THAT(std::string(status.message()), Contains(row.rule));
    CHECK(option->get(options) == option->get(Options()));
  }
}

TEST_CASE("Limits, the log level and the drain timeout can be reloaded, and nothing else") {
  std::set<std::string> reloadable;
  for (const Option& option : optionTable()) {
    if (option.reloadable) reloadable.insert(option.name);
  }
  CHECK(reloadable == std::set<std::string>{"log-level", "drain-timeout", "concurrent-invocations",
                                            "invocations-per-minute", "action-memory-max",
                                            "action-timeout-max", "activations-max",
                                            "activations-max-age"});
}

TEST_CASE("The nearest name is the one with the fewest mistakes, if it is near at all") {
  struct Row {
    const char* word;
    const char* nearest;
  };
  const Row rows[] = {
      {"user-memori", "user-memory"}, {"user_memory", "user-memory"},
      {"userMemory", "user-memory"},  {"lsiten", "listen"},
      {"isten", "listen"},            {"listenn", "listen"},
      {"activation-max", "activations-max"}, {"buffer-min", "buffer-max"},
      {"port", ""},                   {"x", ""},
      {"", ""},                       {"completely-different", ""},
  };
  for (const Row& row : rows) {
    INFO(row.word);
    CHECK(nearestName(row.word, optionNames()) == row.nearest);
  }
  CHECK(nearestName(std::string(1000000, 'x'), {std::string(1000000, 'x')}).empty());
  CHECK(didYouMean("lisen", {"listen"}, "--") == ", did you mean --listen?");
  CHECK(didYouMean("port", {"listen"}).empty());
}

}  // namespace
}  // namespace owpool::daemon
