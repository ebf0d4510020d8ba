#include "owpoolctl/arguments.h"

#include <algorithm>
#include <string_view>

#include "absl/status/status.h"
#include "fmt/format.h"

namespace owpool::ctl {
namespace {

struct OptionRule {
  std::string_view name;
  char letter;             // 0: none.
  std::string_view value;  // As --help names it; empty: a flag.
  std::string_view help;
};

constexpr OptionRule kOptions[] = {
    {"state-dir", 0, "DIR", "state directory of the daemon"},
    {"socket", 0, "PATH", "the daemon's admin socket itself (DIR/admin.sock)"},
    {"json", 0, "", "print what the daemon answered"},
    {"once", 0, "", "print one frame and end"},
    {"follow", 'f', "", "go on until interrupted"},
    {"lines", 'n', "N", "at most the last N lines there are (10 with -f, else all)"},
    {"action", 0, "NAME", "only of this action: NAME, PACKAGE/NAME or NAMESPACE/NAME"},
    {"activation", 0, "ID", "only of this activation"},
    {"with-actions", 0, "", "even if it has actions, which go too"},
    {"concurrent", 0, "N", "invocations at a time, 'none' or 'default'"},
    {"per-minute", 0, "N", "invocations in a minute, 'none' or 'default'"},
};

struct CommandRule {
  std::string_view name;
  std::string_view operand;  // As --help names it; empty: none.
  std::vector<std::string_view> options;
  std::string_view help;
};

const std::vector<CommandRule>& commands() {
  static const std::vector<CommandRule> all = {
      {"top", "", {"once"}, "watch the pool; q leaves"},
      {"ps", "", {"json"}, "list the containers"},
      {"logs", "", {"follow", "lines", "action", "activation"}, "what actions wrote lately"},
      {"why", "ACTIVATION", {"json"}, "why it got the container that it got"},
      {"namespace list", "", {"json"}, "the namespaces and their own limits"},
      {"namespace create", "NAME", {}, "make one; prints its key, once"},
      {"namespace renew", "NAME", {}, "give it a new key; the old one is worth nothing then"},
      {"namespace remove", "NAME", {"with-actions"}, "remove it"},
      {"namespace limits", "NAME", {"concurrent", "per-minute"}, "show or set its own limits"},
  };
  return all;
}

const OptionRule* findOption(std::string_view name) {
  for (const OptionRule& option : kOptions) {
    if (option.name == name) return &option;
  }
  return nullptr;
}

const OptionRule* findLetter(char letter) {
  for (const OptionRule& option : kOptions) {
    if (option.letter != 0 && option.letter == letter) return &option;
  }
  return nullptr;
}

absl::Status usageError(std::string message) {
  return absl::InvalidArgumentError(std::move(message));
}

// Which option "argument" is; what follows a '=' goes to "value" and sets "has_value".
absl::StatusOr<const OptionRule*> optionOf(const std::string& argument, std::string& value,
                                           bool& has_value) {
  const OptionRule* option = nullptr;
  if (argument.rfind("--", 0) == 0) {
    const std::size_t equals = argument.find('=');
    has_value = equals != std::string::npos;
    if (has_value) value = argument.substr(equals + 1);
    option = findOption(argument.substr(2, has_value ? equals - 2 : equals));
  } else if (argument.size() == 2) {
    option = findLetter(argument[1]);
  }
  if (option == nullptr) {
    return usageError(fmt::format("unknown option {}: --help lists them", argument));
  }
  return option;
}

absl::Status checkOptions(const CommandRule& command, const Arguments& arguments) {
  for (const auto& [name, value] : arguments.options) {
    const bool is_for_all = name == "state-dir" || name == "socket";
    if (!is_for_all && std::find(command.options.begin(), command.options.end(), name) ==
                           command.options.end()) {
      return usageError(fmt::format("{} has no option --{}", command.name, name));
    }
  }
  if (arguments.has("state-dir") && arguments.has("socket")) {
    return usageError("--state-dir and --socket exclude each other");
  }
  return absl::OkStatus();
}

// "list, create" of the commands "namespace list" and "namespace create"; empty if it is the
// first word of none.
std::string verbsOf(const std::string& first_word) {
  std::string verbs;
  for (const CommandRule& command : commands()) {
    if (command.name.rfind(first_word + " ", 0) != 0) continue;
    verbs += verbs.empty() ? "" : ", ";
    verbs += command.name.substr(first_word.size() + 1);
  }
  return verbs;
}

// The command is the first of "words", or the first two; what follows are operands.
absl::Status setCommand(const std::vector<std::string>& words, Arguments& arguments) {
  if (words.empty()) return usageError("which command? --help lists them");
  for (const CommandRule& command : commands()) {
    const auto word_count = static_cast<std::ptrdiff_t>(
        1 + std::count(command.name.begin(), command.name.end(), ' '));
    if (std::ssize(words) < word_count) continue;
    const auto end = words.begin() + word_count;
    if (fmt::format("{}", fmt::join(words.begin(), end, " ")) != command.name) continue;
    arguments.command = command.name;
    arguments.operands.assign(end, words.end());
    const std::size_t wanted = command.operand.empty() ? 0 : 1;
    if (arguments.operands.size() != wanted) {
      return usageError(wanted == 0 ? fmt::format("{} takes no argument", command.name)
                                    : fmt::format("{} takes one argument: {}", command.name,
                                                  command.operand));
    }
    return checkOptions(command, arguments);
  }
  if (const std::string verbs = verbsOf(words[0]); !verbs.empty()) {
    return usageError(words.size() == 1
                          ? fmt::format("{}: which of {}?", words[0], verbs)
                          : fmt::format("{}: there is no '{}', which of {}?", words[0], words[1],
                                        verbs));
  }
  return usageError(
      fmt::format("there is no command '{}': --help lists them", fmt::join(words, " ")));
}

}  // namespace

std::string Arguments::value(const std::string& option) const {
  const auto found = options.find(option);
  return found == options.end() ? "" : found->second;
}

absl::StatusOr<Arguments> parseArguments(const std::vector<std::string>& given) {
  Arguments arguments;
  std::vector<std::string> words;
  for (std::size_t i = 0; i < given.size(); ++i) {
    const std::string& argument = given[i];
    if (argument == "--help" || argument == "--version") {
      (argument == "--help" ? arguments.help : arguments.version) = true;
      continue;
    }
    if (argument.size() < 2 || argument[0] != '-') {
      words.push_back(argument);
      continue;
    }
    std::string value;
    bool has_value = false;
    const auto option = optionOf(argument, value, has_value);
    if (!option.ok()) return option.status();
    const bool takes_value = !(*option)->value.empty();
    if (!takes_value && has_value) {
      return usageError(fmt::format("--{} takes no value", (*option)->name));
    }
    if (takes_value && !has_value) {
      if (++i == given.size()) return usageError(fmt::format("{}: needs a value", argument));
      value = given[i];
    }
    if (takes_value && value.empty()) {
      return usageError(fmt::format("--{}: must not be empty", (*option)->name));
    }
    arguments.options[std::string((*option)->name)] = value;
  }
  if (arguments.help || arguments.version) return arguments;
  if (const auto status = setCommand(words, arguments); !status.ok()) return status;
  return arguments;
}

std::string helpText() {
  std::string text =
      "owpoolctl: what a running owpoold does, and why\n\n"
      "Usage: owpoolctl [OPTION]... COMMAND\n\nCommands:\n";
  const auto line = [&](const std::string& what, std::string_view help) {
    text += fmt::format("  {:<28}{}\n", what, help);
  };
  for (const CommandRule& command : commands()) {
    line(fmt::format("{}{}{}", command.name, command.operand.empty() ? "" : " ", command.operand),
         command.help);
  }
  text += "\nOptions:\n";
  for (const OptionRule& option : kOptions) {
    const std::string letter = option.letter == 0 ? "" : fmt::format("-{}, ", option.letter);
    line(fmt::format("{}--{}{}{}", letter, option.name, option.value.empty() ? "" : " ",
                     option.value),
         option.help);
  }
  line("--help", "print this");
  line("--version", "print the version");
  text +=
      "\nThe state directory is that of owpoold: --state-dir, else $OWPOOLD_STATE_DIR, else\n"
      "~/.local/state/owpool. Exit status: 0 done, 1 it failed, 2 wrong usage.\n";
  return text;
}

}  // namespace owpool::ctl
