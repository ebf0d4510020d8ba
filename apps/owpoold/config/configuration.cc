#include "owpoold/config/configuration.h"

#include <filesystem>
#include <iterator>
#include <string_view>
#include <system_error>
#include <utility>

#include "fmt/format.h"
#include "owpoold/config/config_file.h"
#include "owpoold/config/default_state_dir.h"
#include "owpoold/support/nearest_name.h"

namespace owpool::daemon {
namespace {

constexpr std::string_view kPrefix = "OWPOOLD_";
constexpr std::string_view kConfigVariable = "OWPOOLD_CONFIG";

// Compared without the prefix that they all have, which would make them all near.
std::string suggestedVariable(const std::string& variable) {
  std::vector<std::string> suffixes{std::string(kConfigVariable.substr(kPrefix.size()))};
  for (const std::string& name : optionNames()) {
    suffixes.push_back(variableOf(name).substr(kPrefix.size()));
  }
  return didYouMean(variable.substr(kPrefix.size()), suffixes, kPrefix);
}

Settings readEnvironment(const std::map<std::string, std::string>& environment) {
  std::map<std::string, const Option*> by_variable;
  for (const Option& option : optionTable()) by_variable[variableOf(option.name)] = &option;
  Settings settings;
  for (const auto& [variable, value] : environment) {
    if (variable == kConfigVariable) continue;
    const auto found = by_variable.find(variable);
    if (found == by_variable.end()) {
      settings.problems.push_back(
          {fmt::format("unknown variable {}{}", variable, suggestedVariable(variable))});
    } else {
      settings.all.push_back(
          {found->second, value, {Origin::Source::Environment, variable, variable}});
    }
  }
  return settings;
}

// The file to read; empty if there is none.
std::string configFile(const CommandLine& line, const Surroundings& surroundings,
                       std::vector<Problem>& problems) {
  if (line.config_file) return *line.config_file;
  const auto variable = surroundings.environment.find(std::string(kConfigVariable));
  if (variable != surroundings.environment.end()) {
    if (variable->second.empty()) {
      problems.push_back({fmt::format("{}: must not be empty", kConfigVariable)});
    }
    return variable->second;
  }
  std::error_code ignored;
  const auto status = std::filesystem::status(surroundings.default_config_file, ignored);
  // Of a file that we may not see we do not say that it is not there.
  const bool is_there = status.type() != std::filesystem::file_type::not_found;
  return is_there && !surroundings.default_config_file.empty() ? surroundings.default_config_file
                                                               : "";
}

void apply(Settings settings, Configuration& configuration) {
  std::move(settings.problems.begin(), settings.problems.end(),
            std::back_inserter(configuration.problems));
  for (const auto& [option, value, origin] : settings.all) {
    configuration.origins[option->name] = origin;
    if (const auto status = option->set(configuration.options, value); !status.ok()) {
      configuration.problems.push_back(
          {fmt::format("{}: {}", origin.place, std::string(status.message())),
           origin.source == Origin::Source::CommandLine});
    }
  }
}

}  // namespace

Options defaultOptions(const Surroundings& surroundings) {
  Options options;
  options.own_runtimes_file = surroundings.runtimes_file;
  options.runtimes_file = surroundings.runtimes_file;
  options.state_dir = defaultStateDir(surroundings.home, surroundings.xdg_state_home);
  return options;
}

Configuration readConfiguration(const std::vector<std::string>& arguments,
                                const Surroundings& surroundings) {
  CommandLine line = parseCommandLine(arguments);
  Configuration configuration;
  configuration.command = line.command;
  if (line.command == Command::Help || line.command == Command::Version ||
      line.command == Command::PrintDefaultConfig) {
    configuration.problems = std::move(line.settings.problems);
    return configuration;
  }

  configuration.options = defaultOptions(surroundings);
  for (const Option& option : optionTable()) {
    configuration.origins[option.name] = {Origin::Source::Default, "default", option.name};
  }
  configuration.file = configFile(line, surroundings, configuration.problems);
  if (!configuration.file.empty()) apply(readConfigFile(configuration.file), configuration);
  apply(readEnvironment(surroundings.environment), configuration);
  apply(std::move(line.settings), configuration);
  if (configuration.options.state_dir.empty() &&
      configuration.origins.at("state-dir").source == Origin::Source::Default) {
    configuration.problems.push_back({"--state-dir: must be given, since HOME is not set", true});
  }
  return configuration;
}

}  // namespace owpool::daemon
