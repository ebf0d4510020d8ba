#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "fmt/format.h"
#include "owpoold/config/answer.h"
#include "owpoold/config/configuration.h"
#include "owpoold/config/reload.h"
#include "owpoold/service.h"

namespace {

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::map<std::string, std::string> ownVariables() {
  constexpr std::string_view kPrefix = "OWPOOLD_";
  std::map<std::string, std::string> variables;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const std::size_t equals = text.find('=');
    if (equals == text.npos || text.substr(0, kPrefix.size()) != kPrefix) continue;
    variables.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return variables;
}

// Beside an installed program, else in the sources that it was built from.
std::string ownRuntimesFile() {
  std::error_code error;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", error);
  if (!error) {
    const auto installed =
        program.parent_path().parent_path() / "share" / "owpool" / "runtimes" / "runtimes.json";
    if (std::filesystem::exists(installed, error)) return installed.string();
  }
  return OWPOOLD_RUNTIMES_FILE;
}

// Every connection and every activation on its way has a descriptor. The usual limit of
// 1024 is for programs that use select(); the hard one is what the system means.
void raiseDescriptorLimit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

int main(int argc, char** argv) {
  using namespace owpool::daemon;
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  const Surroundings surroundings{environment("HOME"), environment("XDG_STATE_HOME"),
                                  ownRuntimesFile(), ownVariables(), kDefaultConfigFile};
  const Configuration configuration = readConfiguration(arguments, surroundings);
  if (const auto answer = answerInstead(configuration)) {
    fmt::print("{}", answer->out);
    fmt::print(stderr, "{}", answer->err);
    return answer->exit_status;
  }
  ::umask(077);  // Nothing in the state directory is for others.
  raiseDescriptorLimit();
  const auto status =
      serve(configuration.options,
            configuration.command == Command::Preflight ? Start::PreflightOnly : Start::Serve,
            [&](const Options& current) {
              return reloadOptions(current, arguments, surroundings);
            });
  if (!status.ok()) {
    fmt::print(stderr, "owpoold: {}\n", std::string(status.message()));
    return status.code() == absl::StatusCode::kInvalidArgument ? kUsageError : EXIT_FAILURE;
  }
  return EXIT_SUCCESS;
}
