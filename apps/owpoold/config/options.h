// The command line and the configuration file of owpoold.
#ifndef OWPOOLD_CONFIG_OPTIONS_H_
#define OWPOOLD_CONFIG_OPTIONS_H_

#include <chrono>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "owpool/units.h"

namespace owpool::daemon {

struct Options {
  bool help = false;     // If one of these two is set, the rest may be incomplete.
  bool version = false;

  std::string listen_address = "127.0.0.1";
  int listen_port = 3233;  // 0: a free one.
  std::string state_dir;
  std::string factory = "process";
  ByteSize user_memory = ByteSize::mebibytes(1024);
  std::string runtimes_file;
  Duration pause_grace = std::chrono::seconds(10);
  Duration idle_timeout = std::chrono::minutes(10);
};

// What the defaults depend on; from the process's environment in main().
struct Surroundings {
  std::string home;            // $HOME, may be empty.
  std::string xdg_state_home;  // $XDG_STATE_HOME, may be empty.
  std::string runtimes_file;   // The manifest that belongs to this program.
};

// "arguments" without the program's name, each "--name VALUE" or "--name=VALUE".
// Reads the file named by --config, whose values give way to the command line's.
// The error names the flag or the key, and the rule that it breaks.
absl::StatusOr<Options> parseOptions(const std::vector<std::string>& arguments,
                                     const Surroundings& surroundings);

// What --help prints.
std::string helpText();

}  // namespace owpool::daemon

#endif  // OWPOOLD_CONFIG_OPTIONS_H_
