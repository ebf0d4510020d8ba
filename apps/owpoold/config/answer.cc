#include "owpoold/config/answer.h"

#include <vector>

#include "fmt/format.h"
#include "owpool/version.h"
#include "owpoold/config/check.h"
#include "owpoold/config/config_text.h"

namespace owpool::daemon {
namespace {

Answer complaint(const std::vector<Problem>& problems, Command command) {
  Answer answer{kConfigError, "", ""};
  for (const Problem& problem : problems) {
    answer.err += fmt::format("owpoold: {}\n", problem.text);
    if (problem.is_usage && command != Command::CheckConfig) answer.exit_status = kUsageError;
  }
  return answer;
}

}  // namespace

std::optional<Answer> answerInstead(const Configuration& configuration) {
  const Command command = configuration.command;
  const bool is_start = command == Command::Serve || command == Command::Preflight;
  if (is_start || command == Command::CheckConfig) {
    const Checked checked = checkConfiguration(configuration);
    if (!checked.problems.empty()) return complaint(checked.problems, command);
    if (is_start) return std::nullopt;
    return Answer{0, fmt::format("OK: {}\n", checked.summary), ""};
  }
  if (!configuration.problems.empty()) return complaint(configuration.problems, command);
  switch (command) {
    case Command::Help: return Answer{0, helpText(), ""};
    case Command::Version: return Answer{0, fmt::format("owpoold {}\n", owpool::version()), ""};
    case Command::PrintConfig: return Answer{0, configText(configuration), ""};
    default: return Answer{0, defaultConfigText(), ""};
  }
}

}  // namespace owpool::daemon
