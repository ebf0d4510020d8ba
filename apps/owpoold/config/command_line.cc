#include "owpoold/config/command_line.h"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>

#include "fmt/format.h"
#include "owpoold/support/nearest_name.h"

namespace owpool::daemon {
namespace {

constexpr std::string_view kConfig = "config";

const CommandWord* findCommand(std::string_view flag) {
  for (const CommandWord& word : commandWords()) {
    if (word.flag == flag) return &word;
  }
  return nullptr;
}

// Without dashes.
std::vector<std::string> allFlags() {
  std::vector<std::string> flags = optionNames();
  flags.emplace_back(kConfig);
  for (const CommandWord& word : commandWords()) flags.push_back(word.flag);
  return flags;
}

class Parser {
 public:
  explicit Parser(const std::vector<std::string>& arguments) : arguments_(arguments) {}

  CommandLine run() {
    while (at_ < arguments_.size()) takeArgument(arguments_[at_++]);
    return std::move(line_);
  }

 private:
  void fail(std::string text) {
    line_.settings.problems.push_back({std::move(text), true});
  }

  void takeArgument(const std::string& argument) {
    if (argument.rfind("--", 0) != 0) {
      return fail(fmt::format("unexpected argument '{}': options begin with --", argument));
    }
    const std::size_t equals = argument.find('=');
    const std::string flag = argument.substr(0, equals);
    std::optional<std::string> value;
    if (equals != argument.npos) value = argument.substr(equals + 1);

    if (const CommandWord* word = findCommand(flag.substr(2))) return takeCommand(*word, value);
    const Option* option = findOption(flag.substr(2));
    if (option == nullptr && flag.substr(2) != kConfig) {
      return fail(fmt::format("unknown option {}{}", flag, suggestion(flag)));
    }
    if (!value && at_ < arguments_.size()) value = arguments_[at_++];
    if (!value) return fail(fmt::format("{}: needs a value", flag));
    if (option != nullptr) {
      const Origin origin{Origin::Source::CommandLine, flag, flag};
      line_.settings.all.push_back({option, *std::move(value), origin});
    } else {
      takeConfigFile(*std::move(value));
    }
  }

  static std::string suggestion(const std::string& flag) {
    const std::string meant = didYouMean(flag.substr(2), allFlags(), "--");
    return meant.empty() ? ": --help lists them" : meant;
  }

  void takeCommand(const CommandWord& word, const std::optional<std::string>& value) {
    if (value) return fail(fmt::format("--{}: takes no value", word.flag));
    if (line_.command != Command::Serve && line_.command != word.command) {
      return fail(fmt::format("--{}: not together with another that only prints", word.flag));
    }
    line_.command = word.command;
  }

  void takeConfigFile(std::string path) {
    if (path.empty()) return fail("--config: must not be empty");
    if (line_.config_file) return fail("--config: stands there twice");
    line_.config_file = std::move(path);
  }

  const std::vector<std::string>& arguments_;
  std::size_t at_ = 0;
  CommandLine line_;
};

}  // namespace

const std::vector<CommandWord>& commandWords() {
  static const auto* const words = new std::vector<CommandWord>{
      {Command::Preflight, "preflight", "check whether a start would do, and end"},
      {Command::CheckConfig, "check-config", "say what is wrong with the configuration, and end"},
      {Command::PrintConfig, "print-config", "print what is configured and where, and end"},
      {Command::PrintDefaultConfig, "print-default-config", "print a file to begin with, and end"},
      {Command::Help, "help", "print this"},
      {Command::Version, "version", "print the version"},
  };
  return *words;
}

CommandLine parseCommandLine(const std::vector<std::string>& arguments) {
  for (const Command command : {Command::Help, Command::Version}) {
    const char* const flag = command == Command::Help ? "--help" : "--version";
    if (std::find(arguments.begin(), arguments.end(), flag) != arguments.end()) {
      return {command, std::nullopt, {}};
    }
  }
  return Parser(arguments).run();
}

}  // namespace owpool::daemon
