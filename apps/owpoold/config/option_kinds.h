// The kinds of values that an option can have: each function makes the row of one
// option of that kind. An optional field takes "none" as well.
#ifndef OWPOOLD_CONFIG_OPTION_KINDS_H_
#define OWPOOLD_CONFIG_OPTION_KINDS_H_

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "fmt/format.h"
#include "owpoold/config/option_table.h"

namespace owpool::daemon {

// ADDRESS:PORT.
Option listenOption(std::string name, std::string help);

// Anything but the empty text.
Option textOption(std::string name, std::string placeholder, std::string help,
                  std::string Options::*field);

// From "min" to "max", both included.
Option countOption(std::string name, std::string help, int Options::*field, int min, int max);
Option countOption(std::string name, std::string help, std::optional<int> Options::*field, int min,
                   int max);

// More than 0.
Option sizeOption(std::string name, std::string help, ByteSize Options::*field);

// "min" or more.
Option durationOption(std::string name, std::string help, Duration Options::*field,
                      Duration min = Duration(1));
Option durationOption(std::string name, std::string help,
                      std::optional<Duration> Options::*field, Duration min = Duration(1));

// "a|b|c".
std::string joinChoices(const std::vector<std::string>& words);

// One of some words, each of which stands for a value of T.
template <typename T>
Option choiceOption(std::string name, std::string help, T Options::*field,
                    std::vector<std::pair<std::string, T>> choices) {
  std::vector<std::string> words;
  for (const auto& choice : choices) words.push_back(choice.first);
  std::string joined = joinChoices(words);
  Option option;
  option.name = std::move(name);
  option.placeholder = joined;
  option.help = std::move(help);
  option.set = [=](Options& options, const std::string& text) {
    for (const auto& [word, value] : choices) {
      if (word != text) continue;
      options.*field = value;
      return absl::OkStatus();
    }
    return absl::InvalidArgumentError(fmt::format("must be one of {}, not '{}'", joined, text));
  };
  option.get = [=](const Options& options) {
    for (const auto& [word, value] : choices) {
      if (value == options.*field) return word;
    }
    return std::string();
  };
  return option;
}

}  // namespace owpool::daemon

#endif  // OWPOOLD_CONFIG_OPTION_KINDS_H_
