// What a container's process is started as.
#ifndef OWPOOL_LIB_PROCESS_COMMAND_H_
#define OWPOOL_LIB_PROCESS_COMMAND_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace owpool::process {

// The absolute path of "program", looked up in "path" unless it has a slash; relative
// ones are relative to this process's working directory. INVALID_ARGUMENT, naming the
// program, if there is no such executable file.
absl::StatusOr<std::string> resolveProgram(const std::string& program, std::string_view path);

// This process's PATH, or a usual one.
std::string programPath();

// Says which of the configured variables cannot be set, and why.
absl::Status checkEnvironment(const std::map<std::string, std::string>& environment);

// "NAME=value" of all that a container is given.
std::vector<std::string> containerEnvironment(
    const std::map<std::string, std::string>& configured, const std::string& directory,
    const std::string& mark_value);

// A container's name is letters, digits, '_', '.' and '-', at most 128, not "." or "..".
absl::Status checkContainerName(std::string_view name);

// What the container's directory is called: its name, or a shortening of it that is
// kept unique by "number", so that it is at most kDirectoryNameMax long.
inline constexpr std::size_t kDirectoryNameMax = 33;
std::string directoryName(std::string_view container_name, std::uint64_t number);

}  // namespace owpool::process

#endif  // OWPOOL_LIB_PROCESS_COMMAND_H_
