#include "process/command.h"

#include <algorithm>
#include <catch2/catch.hpp>

using namespace owpool::process;

TEST_CASE("a program is looked up in PATH and becomes absolute") {
  CHECK(*resolveProgram("sh", "/nowhere::/bin:/usr/bin") == "/bin/sh");
  CHECK(*resolveProgram("/bin/sh", "") == "/bin/sh");
  for (const char* program :
       {"no-such-program", "/bin/no-such-program", "/etc/passwd", "/bin", ""}) {
    const auto resolved = resolveProgram(program, "/bin");
    CHECK(resolved.status().code() == absl::StatusCode::kInvalidArgument);
    CHECK(std::string(resolved.status().message()).find(program) != std::string::npos);
  }
}

TEST_CASE("a container's environment is what was configured and a few more, and nothing else") {
  const auto variables =
      containerEnvironment({{"LANG", "de_DE.UTF-8"}, {"A", "b=c"}}, "/dir", "mark");
  const auto has = [&](const std::string& variable) {
    return std::find(variables.begin(), variables.end(), variable) != variables.end();
  };
  CHECK(has("LANG=de_DE.UTF-8"));
  CHECK(has("A=b=c"));
  CHECK(has("HOME=/dir"));
  CHECK(has("OWPOOL_LISTEN_FD=3"));
  CHECK(has("OWPOOL_CONTAINER=mark"));
  CHECK(variables.size() <= 7);
}

TEST_CASE("variables that cannot be set are refused by name") {
  using Environment = std::map<std::string, std::string>;
  CHECK(checkEnvironment({{"A", "b"}}).ok());
  for (const Environment& bad :
       {Environment{{"", "x"}}, Environment{{"A=B", "x"}}, Environment{{"OWPOOL_LISTEN_FD", "x"}},
        Environment{{"OWPOOL_CONTAINER", "x"}}, Environment{{"A", std::string(1, '\0')}}}) {
    CHECK(checkEnvironment(bad).code() == absl::StatusCode::kInvalidArgument);
  }
}

TEST_CASE("names of containers are checked") {
  for (const char* good : {"a", "wsk0_2_prewarm_nodejs20", "A.b-c_9", "...", ".a"}) {
    CHECK(checkContainerName(good).ok());
  }
  for (const std::string& bad :
       {std::string(), std::string("."), std::string(".."), std::string("a/b"), std::string("a b"),
        std::string(129, 'a'), std::string("a\0b", 3), std::string("\xc3\xa4")}) {
    // Ours, not the action's, so never INVALID_ARGUMENT.
    CHECK(checkContainerName(bad).code() == absl::StatusCode::kInternal);
  }
}

TEST_CASE("long names become directories short enough for a socket's path, each its own") {
  CHECK(directoryName("short", 7) == "short");
  const std::string name(128, 'n');
  CHECK(directoryName(name, 1).size() <= kDirectoryNameMax);
  CHECK(directoryName(name, 1) != directoryName(name, 2));
  CHECK(directoryName(name, ~0ULL).size() <= kDirectoryNameMax);
}
