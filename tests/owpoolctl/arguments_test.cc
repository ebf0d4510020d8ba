#include "owpoolctl/arguments.h"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace owpool::ctl {
namespace {

TEST_CASE("options stand anywhere, with a space or a '='") {
  for (const std::vector<std::string>& given :
       {std::vector<std::string>{"ps", "--state-dir", "/d", "--json"},
        std::vector<std::string>{"--json", "--state-dir=/d", "ps"}}) {
    const auto arguments = parseArguments(given);
    REQUIRE(arguments.ok());
    CHECK(arguments->command == "ps");
    CHECK(arguments->value("state-dir") == "/d");
    CHECK(arguments->has("json"));
    CHECK(!arguments->has("socket"));
  }
}

TEST_CASE("a command may have two words, short options and an argument") {
  const auto limits = parseArguments({"namespace", "limits", "team", "--concurrent", "5"});
  REQUIRE(limits.ok());
  CHECK(limits->command == "namespace limits");
  CHECK(limits->operands == std::vector<std::string>{"team"});
  CHECK(limits->value("concurrent") == "5");
  const auto logs = parseArguments({"logs", "-f", "-n", "3"});
  REQUIRE(logs.ok());
  CHECK(logs->has("follow"));
  CHECK(logs->value("lines") == "3");
}

TEST_CASE("help and version need no command") {
  CHECK(parseArguments({"--help"})->help);
  CHECK(parseArguments({"--version"})->version);
  CHECK(helpText().find("  ps ") != std::string::npos);
}

TEST_CASE("what breaks a rule is named") {
  struct Row {
    std::vector<std::string> given;
    std::string error;
  };
  const auto row = GENERATE(
      Row{{}, "which command? --help lists them"},
      Row{{"pss"}, "there is no command 'pss': --help lists them"},
      Row{{"ps", "1"}, "ps takes no argument"},
      Row{{"why"}, "why takes one argument: ACTIVATION"},
      Row{{"namespace"}, "namespace: which of list, create, renew, remove, limits?"},
      Row{{"namespace", "make"},
          "namespace: there is no 'make', which of list, create, renew, remove, limits?"},
      Row{{"namespace", "create"}, "namespace create takes one argument: NAME"},
      Row{{"ps", "--jason"}, "unknown option --jason: --help lists them"},
      Row{{"ps", "-x"}, "unknown option -x: --help lists them"},
      Row{{"ps", "--once"}, "ps has no option --once"},
      Row{{"ps", "--json=1"}, "--json takes no value"},
      Row{{"ps", "--socket"}, "--socket: needs a value"},
      Row{{"ps", "--socket="}, "--socket: must not be empty"},
      Row{{"ps", "--socket=/a", "--state-dir=/b"}, "--state-dir and --socket exclude each other"});
  const auto arguments = parseArguments(row.given);
  REQUIRE(!arguments.ok());
  CHECK(std::string(arguments.status().message()) == row.error);
}

}  // namespace
}  // namespace owpool::ctl
