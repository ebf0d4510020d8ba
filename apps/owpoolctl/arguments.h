// The command line of owpoolctl.
#ifndef OWPOOLCTL_ARGUMENTS_H_
#define OWPOOLCTL_ARGUMENTS_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace owpool::ctl {

struct Arguments {
  bool help = false;     // If one of these two is set, the rest may be incomplete.
  bool version = false;

  std::string command;                // E.g. "ps" or "namespace create".
  std::vector<std::string> operands;  // As many as the command takes.
  // By name without dashes; only those that the command has. Flags have an empty value.
  std::map<std::string, std::string> options;

  bool has(const std::string& option) const { return options.count(option) > 0; }
  // Empty if it was not given.
  std::string value(const std::string& option) const;
};

// "arguments" without the program's name. Options stand anywhere, as "--name VALUE" or
// "--name=VALUE"; "-f" and "-n" are short for two of them. The error says which rule is
// broken.
absl::StatusOr<Arguments> parseArguments(const std::vector<std::string>& arguments);

// What --help prints.
std::string helpText();

}  // namespace owpool::ctl

#endif  // OWPOOLCTL_ARGUMENTS_H_
