// The arguments of owpoold taken apart.
#ifndef OWPOOLD_CONFIG_COMMAND_LINE_H_
#define OWPOOLD_CONFIG_COMMAND_LINE_H_

#include <optional>
#include <string>
#include <vector>

#include "owpoold/config/setting.h"

namespace owpool::daemon {

// What owpoold is to do. All but Serve only print.
enum class Command {
  Serve,
  Preflight,
  Help,
  Version,
  CheckConfig,
  PrintConfig,
  PrintDefaultConfig
};

struct CommandWord {
  Command command;
  std::string flag;  // Without dashes.
  std::string help;
};

// All but Serve, which needs no word.
const std::vector<CommandWord>& commandWords();

struct CommandLine {
  Command command = Command::Serve;
  std::optional<std::string> config_file;
  Settings settings;
};

// "arguments" without the program's name, each "--name VALUE" or "--name=VALUE". Who
// asks for help gets it, whatever else stands there.
CommandLine parseCommandLine(const std::vector<std::string>& arguments);

}  // namespace owpool::daemon

#endif  // OWPOOLD_CONFIG_COMMAND_LINE_H_
