#include "owpoold/config/reload.h"

#include <catch2/catch.hpp>

#include "temp_dir.h"

namespace owpool::daemon {
namespace {

using Names = std::vector<std::string>;

const Surroundings kSurroundings{"/home/ada", "", "/opt/runtimes.json"};

TEST_CASE("A reload takes over what can be reloaded and names what needs a restart") {
  const TempDir dir;
  const std::string file = dir.write("c.json", R"({"log-level": "info", "buffer-max": 5})");
  const std::vector<std::string> arguments{"--config", file, "--activations-max=9"};
  const Options current = readConfiguration(arguments, kSurroundings).options;

  const auto same = reloadOptions(current, arguments, kSurroundings);
  REQUIRE(same.ok());
  CHECK(same->changed.empty());
  CHECK(same->needs_restart.empty());

  dir.write("c.json", R"({"log-level": "debug", "buffer-max": 6, "activations-max": 1,
                          "invocations-per-minute": 60, "listen": "127.0.0.1:1"})");
  const auto reloaded = reloadOptions(current, arguments, kSurroundings);
  REQUIRE(reloaded.ok());
  CHECK(reloaded->changed == Names{"log-level", "invocations-per-minute"});
  CHECK(reloaded->needs_restart == Names{"listen", "buffer-max"});
  CHECK(reloaded->options.log_level == LogLevel::Debug);
  CHECK(reloaded->options.invocations_per_minute == 60);
  CHECK(reloaded->options.buffer_max == 5);
  CHECK(reloaded->options.listen_port == 3233);
  CHECK(reloaded->options.activations_max == 9);  // The flag still wins.

  // What is no longer in the file has its default again.
  dir.write("c.json", "{}");
  const auto back = reloadOptions(reloaded->options, arguments, kSurroundings);
  REQUIRE(back.ok());
  CHECK(back->changed == Names{"log-level", "invocations-per-minute"});
  CHECK(back->options.log_level == LogLevel::Info);
  CHECK_FALSE(back->options.invocations_per_minute);
}

TEST_CASE("A reload of a file with mistakes says all of them and takes nothing over") {
  const TempDir dir;
  const std::string file =
      dir.write("c.json", "{\"log-level\": \"debug\",\n\"listn\": 1, \"buffer-max\": \"x\"}");
  const auto reloaded = reloadOptions(Options(), {"--config", file}, kSurroundings);
  REQUIRE_FALSE(reloaded.ok());
  CHECK(reloaded.status().message() ==
        file + ":2:1: unknown key \"listn\", did you mean listen?\n" + file +
            ":2:27: buffer-max: must be a whole number from 0 to 1000000000, not 'x'");
}

}  // namespace
}  // namespace owpool::daemon
