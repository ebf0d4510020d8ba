// The options of owpoold, one row each. Flags, variables, keys of the file, --help and
// what is printed of the configuration all come from here.
#ifndef OWPOOLD_CONFIG_OPTION_TABLE_H_
#define OWPOOLD_CONFIG_OPTION_TABLE_H_

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "owpoold/config/options.h"

namespace owpool::daemon {

struct Option {
  std::string name;         // "user-memory": the flag without dashes, the key of the file.
  std::string placeholder;  // What --help writes for the value: "SIZE", "fifo|warm-bypass".
  std::string help;
  // The error is the rule alone: the caller knows where the value comes from.
  std::function<absl::Status(Options&, const std::string&)> set;
  std::function<std::string(const Options&)> get;  // As set() takes it.
  // The default for people, where it depends on the machine.
  std::string default_words = {};
  bool is_count = false;    // The file may have it as a number.
  bool reloadable = false;  // SIGHUP takes it; else it needs a restart.
  bool secret = false;      // Not to be printed.
};

// In the order of --help.
const std::vector<Option>& optionTable();

// Of all of them, in that order.
std::vector<std::string> optionNames();

// The default as --help has it.
std::string defaultWords(const Option& option);

// Null if there is none.
const Option* findOption(std::string_view name);

// "OWPOOLD_USER_MEMORY" of "user-memory".
std::string variableOf(std::string_view option_name);

}  // namespace owpool::daemon

#endif  // OWPOOLD_CONFIG_OPTION_TABLE_H_
