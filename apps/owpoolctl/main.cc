#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "fmt/format.h"
#include "owpool/version.h"
#include "owpoolctl/arguments.h"
#include "owpoolctl/commands.h"
#include "owpoold/admin/socket.h"
#include "owpoold/config/default_state_dir.h"

namespace {

using namespace owpool::ctl;

constexpr int kUsageError = 2;

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// Empty if nothing says where it is.
std::string socketOf(const Arguments& arguments) {
  if (arguments.has("socket")) return arguments.value("socket");
  std::string state_dir = arguments.value("state-dir");
  if (state_dir.empty()) state_dir = environment("OWPOOLD_STATE_DIR");
  if (state_dir.empty()) {
    state_dir =
        owpool::daemon::defaultStateDir(environment("HOME"), environment("XDG_STATE_HOME"));
  }
  return state_dir.empty() ? "" : owpool::daemon::adminSocketPath(state_dir);
}

struct Command {
  std::string_view name;
  absl::Status (*run)(const Session&);
};

constexpr Command kCommands[] = {
    {"top", runTop},
    {"ps", runPs},
    {"logs", runLogs},
    {"why", runWhy},
    {"namespace list", runNamespaceList},
    {"namespace create", runNamespaceCreate},
    {"namespace renew", runNamespaceRenew},
    {"namespace remove", runNamespaceRemove},
    {"namespace limits", runNamespaceLimits},
};

absl::Status run(const Session& session) {
  for (const Command& command : kCommands) {
    if (command.name == session.arguments.command) return command.run(session);
  }
  return absl::InternalError("a command without code");
}

}  // namespace

int main(int argc, char** argv) {
  const auto arguments = parseArguments(std::vector<std::string>(argv + 1, argv + argc));
  if (!arguments.ok()) {
    fmt::print(stderr, "owpoolctl: {}\n", std::string(arguments.status().message()));
    return kUsageError;
  }
  if (arguments->help) {
    fmt::print("{}", helpText());
    return EXIT_SUCCESS;
  }
  if (arguments->version) {
    fmt::print("owpoolctl {}\n", owpool::version());
    return EXIT_SUCCESS;
  }
  const std::string socket = socketOf(*arguments);
  if (socket.empty()) {
    fmt::print(stderr, "owpoolctl: --state-dir: must be given, since HOME is not set\n");
    return kUsageError;
  }
  const bool colour = ::isatty(STDOUT_FILENO) == 1 && environment("NO_COLOR").empty() &&
                      environment("TERM") != "dumb";
  const AdminClient client(socket);
  const auto status = run({client, *arguments, Style{colour}});
  if (status.ok()) return EXIT_SUCCESS;
  std::fflush(stdout);
  fmt::print(stderr, "owpoolctl: {}\n", cleaned(std::string(status.message())));
  return status.code() == absl::StatusCode::kInvalidArgument ? kUsageError : EXIT_FAILURE;
}
