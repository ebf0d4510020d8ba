// What owpoold is configured to do: the command line over the environment over a file
// over the defaults.
#ifndef OWPOOLD_CONFIG_CONFIGURATION_H_
#define OWPOOLD_CONFIG_CONFIGURATION_H_

#include <map>
#include <string>
#include <vector>

#include "owpoold/config/command_line.h"
#include "owpoold/config/options.h"
#include "owpoold/config/setting.h"

namespace owpool::daemon {

// Read if it exists and no other is named.
inline constexpr const char* kDefaultConfigFile = "/etc/owpool/owpoold.json";

// What the defaults depend on, and the environment; main() takes it from the process.
struct Surroundings {
  std::string home;            // $HOME, may be empty.
  std::string xdg_state_home;  // $XDG_STATE_HOME, may be empty.
  std::string runtimes_file;   // The manifest that belongs to this program.
  // All variables whose name begins with OWPOOLD_.
  std::map<std::string, std::string> environment = {};
  std::string default_config_file = {};  // kDefaultConfigFile; empty: there is none.
};

struct Configuration {
  Command command = Command::Serve;
  Options options;
  // The rest is empty for the commands that need no configuration: help, version, the defaults.
  std::string file;                       // The one that was read; empty if none.
  std::map<std::string, Origin> origins;  // Of every option, by its name.
  // Everything that is wrong. An option with a problem has the value of a lesser source.
  std::vector<Problem> problems;
};

// Reads the file that --config or OWPOOLD_CONFIG names, else the default one. Changes
// nothing anywhere.
Configuration readConfiguration(const std::vector<std::string>& arguments,
                                const Surroundings& surroundings);

// The options before anybody said anything.
Options defaultOptions(const Surroundings& surroundings);

}  // namespace owpool::daemon

#endif  // OWPOOLD_CONFIG_CONFIGURATION_H_
