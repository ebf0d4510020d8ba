#include "process/command.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "process/marked_processes.h"
#include "process/spawn.h"

namespace owpool::process {
namespace {

constexpr std::string_view kListenVariable = "OWPOOL_LISTEN_FD";

bool isExecutableFile(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) &&
         ::access(path.c_str(), X_OK) == 0;
}

std::string absolutePath(const std::string& path) {
  std::error_code error;
  const auto absolute = std::filesystem::absolute(path, error);
  return error ? path : absolute.string();
}

}  // namespace

absl::StatusOr<std::string> resolveProgram(const std::string& program, std::string_view path) {
  if (program.find('/') != std::string::npos) {
    const std::string absolute = absolutePath(program);
    if (isExecutableFile(absolute)) return absolute;
    return absl::InvalidArgumentError(
        fmt::format("the runtime's command {} is not an executable file", program));
  }
  for (bool more = !program.empty(); more;) {
    const std::size_t colon = path.find(':');
    more = colon != std::string_view::npos;
    // An empty entry means the working directory, in every shell; not here.
    if (const std::string_view entry = path.substr(0, colon); !entry.empty()) {
      const std::string candidate = absolutePath(fmt::format("{}/{}", entry, program));
      if (isExecutableFile(candidate)) return candidate;
    }
    if (more) path.remove_prefix(colon + 1);
  }
  return absl::InvalidArgumentError(
      fmt::format("the runtime's command {} is not found in PATH", program));
}

std::string programPath() {
  const char* path = std::getenv("PATH");
  return path != nullptr ? path : "/usr/local/bin:/usr/bin:/bin";
}

absl::Status checkEnvironment(const std::map<std::string, std::string>& environment) {
  for (const auto& [name, value] : environment) {
    if (name.empty() || name.find_first_of(std::string_view("=\0", 2)) != std::string::npos) {
      return absl::InvalidArgumentError(fmt::format(
          "environment: \"{}\" cannot be a variable's name: it is empty or has a '=' in it",
          name));
    }
    if (value.find('\0') != std::string::npos) {
      return absl::InvalidArgumentError(
          fmt::format("environment: the value of {} has a zero byte in it", name));
    }
    if (name == kListenVariable || name == kMarkVariable) {
      return absl::InvalidArgumentError(
          fmt::format("environment: {} is set by owpool itself", name));
    }
  }
  return absl::OkStatus();
}

std::vector<std::string> containerEnvironment(
    const std::map<std::string, std::string>& configured, const std::string& directory,
    const std::string& mark_value) {
  std::map<std::string, std::string> variables = configured;
  // emplace() leaves what was configured.
  variables.emplace("PATH", programPath());
  variables.emplace("HOME", directory);
  const char* language = std::getenv("LANG");
  variables.emplace("LANG", language != nullptr ? language : "C.UTF-8");
  if (const char* zone = std::getenv("TZ"); zone != nullptr) variables.emplace("TZ", zone);
  variables[std::string(kListenVariable)] = std::to_string(kListenFd);
  variables[kMarkVariable] = mark_value;
  std::vector<std::string> result;
  result.reserve(variables.size());
  for (const auto& [name, value] : variables) result.push_back(fmt::format("{}={}", name, value));
  return result;
}

absl::Status checkContainerName(std::string_view name) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           c == '_' || c == '.' || c == '-';
  };
  if (name.empty() || name.size() > 128 || name == "." || name == ".." ||
      !std::all_of(name.begin(), name.end(), allowed)) {
    return absl::InternalError(fmt::format(
        "\"{}\" cannot be a container's name: it is 1 to 128 letters, digits, '_', '.' and "
        "'-', and not \".\" or \"..\"",
        name));
  }
  return absl::OkStatus();
}

std::string directoryName(std::string_view container_name, std::uint64_t number) {
  if (container_name.size() <= kDirectoryNameMax) return std::string(container_name);
  const std::string suffix = fmt::format("~{:x}", number);
  return std::string(container_name.substr(0, kDirectoryNameMax - suffix.size())) + suffix;
}

}  // namespace owpool::process
