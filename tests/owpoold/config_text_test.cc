#include "owpoold/config/config_text.h"

#include <catch2/catch.hpp>

#include "owpoold/config/config_file.h"
#include "temp_dir.h"

namespace owpool::daemon {
namespace {

using Catch::Matchers::Contains;

const Surroundings kSurroundings{
    "/home/ada", "", "/opt/runtimes.json", {{"OWPOOLD_BUFFER_MAX", "5"}}};

TEST_CASE("Help lists every option with its default, and every word that only prints") {
  const std::string help = helpText();
  for (const Option& option : optionTable()) {
    CHECK_THAT(help, Contains("  --" + option.name + " " + option.placeholder));
    CHECK_THAT(help, Contains(option.help + " (" + defaultWords(option) + ")"));
    CHECK_FALSE(defaultWords(option).empty());
  }
  for (const CommandWord& word : commandWords()) CHECK_THAT(help, Contains("  --" + word.flag));
  CHECK_THAT(help, Contains("/etc/owpool/owpoold.json"));
}

TEST_CASE("No line of the help is longer than a terminal of 100 columns") {
  const std::string help = helpText();
  for (std::size_t begin = 0; begin < help.size();) {
    const std::size_t end = help.find('\n', begin);
    REQUIRE(end != help.npos);
    INFO(help.substr(begin, end - begin));
    CHECK(end - begin <= 100);
    begin = end + 1;
  }
}

TEST_CASE("The printed configuration says where each value comes from") {
  const TempDir dir;
  const std::string file = dir.write("c.json", "{\n  \"idle-timeout\": \"1h\"\n}");
  const std::string text = configText(
      readConfiguration({"--config", file, "--user-memory", "2g"}, kSurroundings));
  CHECK_THAT(text, Contains("\"user-memory\": \"2g\",                 // --user-memory\n"));
  CHECK_THAT(text, Contains("\"buffer-max\": 5,                     // OWPOOLD_BUFFER_MAX\n"));
  CHECK_THAT(text, Contains("\"idle-timeout\": \"1h\",                // " + file + ":2\n"));
  CHECK_THAT(text, Contains("\"activations-max-age\": \"30d\"         // default\n"));
}

TEST_CASE("The printed configuration is a file that says the same") {
  const TempDir dir;
  const auto printed = readConfiguration({"--user-memory=2g", "--pause-grace=none",
                                          "--state-dir=/a \"b\"\n//c"}, kSurroundings);
  REQUIRE(printed.problems.empty());
  const std::string file = dir.write("strange\n name.json", configText(printed));
  const auto read = readConfiguration({"--config", file}, {"", "", ""});
  REQUIRE(read.problems.empty());
  for (const Option& option : optionTable()) {
    CHECK(option.get(read.options) == option.get(printed.options));
    CHECK(read.origins.at(option.name).source == Origin::Source::File);
  }
  // Also if the name of the file, which the comments tell, would break a comment.
  const Settings again = parseConfigFile(configText(read), "again.json");
  CHECK(again.problems.empty());
  CHECK(again.all.size() == optionTable().size());
}

TEST_CASE("A secret is not printed, only where it comes from") {
  std::vector<Option> table(optionTable().begin(), optionTable().begin() + 2);
  table[1].secret = true;
  const std::string text =
      configText(readConfiguration({"--state-dir", "/very/secret"}, kSurroundings), table);
  CHECK(text.find("/very/secret") == std::string::npos);
  CHECK_THAT(text, Contains("// \"state-dir\": secret, not shown; --state-dir"));
  const Settings settings = parseConfigFile(text, "c.json");
  CHECK(settings.problems.empty());
  CHECK(settings.all.size() == 1);
}

TEST_CASE("The default file is accepted, has every option and changes none") {
  const std::string text = defaultConfigText();
  const TempDir dir;
  const auto read =
      readConfiguration({"--config", dir.write("c.json", text)}, {"/home/ada", "", "r.json"});
  REQUIRE(read.problems.empty());
  const Options defaults = defaultOptions({"/home/ada", "", "r.json"});
  for (const Option& option : optionTable()) {
    INFO(option.name);
    CHECK(option.get(read.options) == option.get(defaults));
    CHECK_THAT(text, Contains("\"" + option.name + "\": "));
    CHECK_THAT(text, Contains(option.help));
    const bool is_machines = !option.default_words.empty();
    CHECK((read.origins.at(option.name).source == Origin::Source::Default) == is_machines);
  }
}

}  // namespace
}  // namespace owpool::daemon
