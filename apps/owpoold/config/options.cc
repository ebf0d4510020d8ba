#include "owpoold/config/options.h"

#include <optional>
#include <string_view>

#include "absl/status/status.h"
#include "fmt/format.h"
#include "json/json.h"
#include "owpoold/config/default_state_dir.h"
#include "owpoold/support/files.h"
#include "owpoold/config/option_table.h"

namespace owpool::daemon {
namespace {

absl::Status prefixed(std::string_view where, const absl::Status& status) {
  return absl::InvalidArgumentError(fmt::format("{}: {}", where, std::string(status.message())));
}

absl::Status applyFile(Options& options, const std::string& path) {
  auto text = readFile(path, ByteSize::mebibytes(1));
  if (!text.ok()) return prefixed("--config", text.status());
  const auto config = json::parse(*std::move(text));
  if (!config.ok()) return prefixed(path, config.status());
  if (!config->isObject()) {
    return absl::InvalidArgumentError(fmt::format("{}: must be a JSON object", path));
  }
  for (const auto& [key, value] : config->members()) {
    const Option* option = findOption(key);
    if (option == nullptr) {
      return absl::InvalidArgumentError(
          fmt::format("{}: unknown key {}: keys are long flag names without dashes, --help lists "
                      "them", path, json::quote(key)));
    }
    const auto string = value.asString();
    if (!string) {
      return absl::InvalidArgumentError(fmt::format("{}: {}: must be a string", path, key));
    }
    if (const auto status = option->set(options, *string); !status.ok()) {
      return prefixed(fmt::format("{}: {}", path, key), status);
    }
  }
  return absl::OkStatus();
}

struct Given {
  std::string name;
  std::string value;
};

// The command line taken apart. --help and --version are noted in "options".
absl::StatusOr<std::vector<Given>> takeApart(const std::vector<std::string>& arguments,
                                             Options& options) {
  std::vector<Given> all;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    if (argument == "--preflight") {
      options.preflight = true;
      continue;
    }
    if (argument == "--help" || argument == "--version") {
      (argument == "--help" ? options.help : options.version) = true;
      continue;
    }
    if (argument.rfind("--", 0) != 0) {
      return absl::InvalidArgumentError(
          fmt::format("unexpected argument '{}': options begin with --", argument));
    }
    const std::size_t equals = argument.find('=');
    Given given{argument.substr(2, equals == std::string::npos ? equals : equals - 2), ""};
    if (given.name != "config" && findOption(given.name) == nullptr) {
      return absl::InvalidArgumentError(
          fmt::format("unknown option --{}: --help lists them", given.name));
    }
    if (equals != std::string::npos) {
      given.value = argument.substr(equals + 1);
    } else if (i + 1 < arguments.size()) {
      given.value = arguments[++i];
    } else {
      return absl::InvalidArgumentError(fmt::format("--{}: needs a value", given.name));
    }
    all.push_back(std::move(given));
  }
  return all;
}

}  // namespace

absl::StatusOr<Options> parseOptions(const std::vector<std::string>& arguments,
                                     const Surroundings& surroundings) {
  Options options;
  const auto given = takeApart(arguments, options);
  if (!given.ok()) return given.status();
  if (options.help || options.version) return options;

  for (const auto& [name, value] : *given) {
    if (name != "config") continue;
    if (const auto status = applyFile(options, value); !status.ok()) return status;
  }
  for (const Option& option : optionTable()) {
    const auto found = surroundings.environment.find(variableOf(option.name));
    if (found == surroundings.environment.end()) continue;
    if (const auto status = option.set(options, found->second); !status.ok()) {
      return prefixed(found->first, status);
    }
  }
  for (const auto& [name, value] : *given) {
    if (name == "config") continue;
    if (const auto status = findOption(name)->set(options, value); !status.ok()) {
      return prefixed(fmt::format("--{}", name), status);
    }
  }

  options.own_runtimes_file = surroundings.runtimes_file;
  if (options.runtimes_file.empty()) options.runtimes_file = surroundings.runtimes_file;
  if (options.state_dir.empty()) {
    options.state_dir = defaultStateDir(surroundings.home, surroundings.xdg_state_home);
    if (options.state_dir.empty()) {
      return absl::InvalidArgumentError("--state-dir: must be given, since HOME is not set");
    }
  }
  return options;
}

std::string helpText() {
  std::string text =
      "owpoold: runs actions in a pool of containers, behind OpenWhisk's REST API\n\n"
      "Usage: owpoold [OPTION]...\n\n";
  const auto line = [&](std::string_view flag, std::string_view help) {
    const std::string gap = flag.size() < 28 ? "" : "\n" + std::string(30, ' ');
    text += fmt::format("  {:<28}{}{}\n", flag, gap, help);
  };
  for (const Option& option : optionTable()) {
    const std::string value = option.get(Options());
    line(fmt::format("--{} {}", option.name, option.placeholder),
         value.empty() ? option.help : fmt::format("{} ({})", option.help, value));
  }
  line("--config FILE", "JSON object of the above, keys without dashes; the command line wins");
  line("--preflight", "check whether a start would do, and say what would not; do not start");
  line("--help", "print this");
  line("--version", "print the version");
  text += "\nSizes are written 256m, durations 10s. The key of the API stands in DIR/key.\n";
  return text;
}

}  // namespace owpool::daemon
