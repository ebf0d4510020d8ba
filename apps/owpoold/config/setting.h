// What one of the sources of the configuration says about the options.
#ifndef OWPOOLD_CONFIG_SETTING_H_
#define OWPOOLD_CONFIG_SETTING_H_

#include <string>
#include <vector>

#include "owpoold/config/option_table.h"

namespace owpool::daemon {

// Where a value comes from.
struct Origin {
  enum class Source { Default, File, Environment, CommandLine };
  Source source = Source::Default;
  std::string words;  // "--listen", "OWPOOLD_LISTEN", "FILE:3", "default".
  std::string place;  // How an error begins; of a file "FILE:3:13: listen".
};

struct Setting {
  const Option* option;
  std::string value;
  Origin origin;
};

struct Problem {
  std::string text;       // Where, and the rule that is broken.
  bool is_usage = false;  // The command line is at fault.
};

struct Settings {
  std::vector<Setting> all;  // A later one wins over an earlier one.
  std::vector<Problem> problems;
};

}  // namespace owpool::daemon

#endif  // OWPOOLD_CONFIG_SETTING_H_
