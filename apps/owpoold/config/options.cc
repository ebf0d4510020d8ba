#include "owpoold/config/options.h"

#include <charconv>
#include <optional>
#include <string_view>

#include "absl/status/status.h"
#include "fmt/format.h"
#include "json/json.h"
#include "owpoold/support/files.h"
#include "owpoold/config/text_units.h"

namespace owpool::daemon {
namespace {

absl::Status setListen(Options& options, const std::string& value) {
  const auto rule = [&] {
    return absl::InvalidArgumentError(fmt::format(
        "must be ADDRESS:PORT with a port from 0 to 65535, like 127.0.0.1:3233, not '{}'", value));
  };
  const std::size_t colon = value.rfind(':');
  if (colon == std::string::npos || colon == 0) return rule();
  std::string address = value.substr(0, colon);
  if (address.front() == '[' && address.back() == ']') {
    address = address.substr(1, address.size() - 2);
  } else if (address.find(':') != std::string::npos) {
    return rule();  // An IPv6 address stands in brackets.
  }
  int port = -1;
  const char* end = value.data() + value.size();
  const auto [rest, error] = std::from_chars(value.data() + colon + 1, end, port);
  if (address.empty() || error != std::errc() || rest != end || port < 0 || port > 65535) {
    return rule();
  }
  options.listen_address = address;
  options.listen_port = port;
  return absl::OkStatus();
}

absl::Status setText(std::string& field, const std::string& value) {
  if (value.empty()) return absl::InvalidArgumentError("must not be empty");
  field = value;
  return absl::OkStatus();
}

absl::Status setFactory(Options& options, const std::string& value) {
  if (value == "docker") {
    return absl::InvalidArgumentError(
        "'docker' is not in this version of owpoold; 'process' is the one it has");
  }
  if (value != "process") {
    return absl::InvalidArgumentError(fmt::format("must be 'process', not '{}'", value));
  }
  options.factory = value;
  return absl::OkStatus();
}

absl::Status setSize(ByteSize& field, const std::string& value) {
  const auto size = parseByteSize(value);
  if (!size.ok()) return size.status();
  if (*size <= ByteSize()) return absl::InvalidArgumentError("must be more than 0");
  field = *size;
  return absl::OkStatus();
}

absl::Status setDuration(Duration& field, const std::string& value, Duration at_least) {
  const auto duration = parseDuration(value);
  if (!duration.ok()) return duration.status();
  if (*duration < at_least) return absl::InvalidArgumentError("must be more than 0");
  field = *duration;
  return absl::OkStatus();
}

struct Flag {
  std::string_view name;
  std::string_view value;  // As --help names it.
  std::string_view help;
  absl::Status (*set)(Options&, const std::string&);
};

const Flag kFlags[] = {
    {"listen", "ADDRESS:PORT", "where to serve; port 0 takes a free one (127.0.0.1:3233)",
     setListen},
    {"state-dir", "DIR", "key, actions and activations (~/.local/state/owpool)",
     [](Options& o, const std::string& v) { return setText(o.state_dir, v); }},
    {"factory", "process", "what containers are made of (process)", setFactory},
    {"user-memory", "SIZE", "memory for the containers of actions, like 1024m (1024m)",
     [](Options& o, const std::string& v) { return setSize(o.user_memory, v); }},
    {"runtimes", "FILE", "manifest of the kinds of actions (the one that came with owpoold)",
     [](Options& o, const std::string& v) { return setText(o.runtimes_file, v); }},
    {"pause-grace", "DURATION", "an idle container is paused after this long (10s)",
     [](Options& o, const std::string& v) { return setDuration(o.pause_grace, v, Duration(0)); }},
    {"idle-timeout", "DURATION", "an idle container is removed after this long (10m)",
     [](Options& o, const std::string& v) { return setDuration(o.idle_timeout, v, Duration(1)); }},
};

const Flag* findFlag(std::string_view name) {
  for (const Flag& flag : kFlags) {
    if (flag.name == name) return &flag;
  }
  return nullptr;
}

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
    const Flag* flag = findFlag(key);
    if (flag == nullptr) {
      return absl::InvalidArgumentError(
          fmt::format("{}: unknown key {}: keys are long flag names without dashes, --help lists "
                      "them", path, json::quote(key)));
    }
    const auto string = value.asString();
    if (!string) {
      return absl::InvalidArgumentError(fmt::format("{}: {}: must be a string", path, key));
    }
    if (const auto status = flag->set(options, *string); !status.ok()) {
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
    if (given.name != "config" && findFlag(given.name) == nullptr) {
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
  for (const auto& [name, value] : *given) {
    if (name == "config") continue;
    if (const auto status = findFlag(name)->set(options, value); !status.ok()) {
      return prefixed(fmt::format("--{}", name), status);
    }
  }

  if (options.runtimes_file.empty()) options.runtimes_file = surroundings.runtimes_file;
  if (options.state_dir.empty()) {
    if (!surroundings.xdg_state_home.empty()) {
      options.state_dir = surroundings.xdg_state_home + "/owpool";
    } else if (!surroundings.home.empty()) {
      options.state_dir = surroundings.home + "/.local/state/owpool";
    } else {
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
    text += fmt::format("  {:<28}{}\n", flag, help);
  };
  for (const Flag& flag : kFlags) line(fmt::format("--{} {}", flag.name, flag.value), flag.help);
  line("--config FILE", "JSON object of the above, keys without dashes; the command line wins");
  line("--help", "print this");
  line("--version", "print the version");
  text += "\nSizes are written 256m, durations 10s. The key of the API stands in DIR/key.\n";
  return text;
}

}  // namespace owpool::daemon
