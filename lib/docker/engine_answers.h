// What the engine answers, read: JSON that is checked before it is believed. Pure.
#ifndef OWPOOL_LIB_DOCKER_ENGINE_ANSWERS_H_
#define OWPOOL_LIB_DOCKER_ENGINE_ANSWERS_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace owpool::docker {

using Labels = std::map<std::string, std::string>;

// 64 hexadecimal digits in lower case: the only form in which we use them, since short
// forms and names may become another container's.
bool isContainerId(std::string_view text);

struct ContainerInfo {
  std::string id;
  std::string status;       // "running", "paused", "exited", …: State.Status.
  std::string started_at;   // Changes if it is started again.
  std::string error;        // State.Error.
  std::int64_t exit_code = 0;
  std::int64_t pid = 0;     // As the engine sees it; 0 unless it runs.
  bool oom_killed = false;
  Labels labels;
  std::map<std::string, std::string> addresses;  // By network.
};

struct ListedContainer {
  std::string id;
  std::vector<std::string> names;  // Without the slash before them.
  std::string status;
};

struct NetworkInfo {
  std::string id;
  Labels labels;
};

// True of one that has processes, which may be stopped.
bool isAlive(std::string_view status);

// An answer that is not what it should be is UNAVAILABLE: it is the engine's fault.
absl::StatusOr<std::string> parseCreated(std::string body);
absl::StatusOr<ContainerInfo> parseContainer(std::string body);
absl::StatusOr<std::vector<ListedContainer>> parseContainerList(std::string body);
absl::StatusOr<NetworkInfo> parseNetwork(std::string body);
struct VersionRange {
  std::string newest;
  std::string oldest;  // May be empty.
};
absl::StatusOr<VersionRange> parseVersions(std::string body);

// A pull or an import answers 200 before it begins: whether it succeeded is said by one of
// the lines of "stream".
absl::Status progressStatus(std::string_view stream);

// In "network", or if it has none there, as Podman may name it, in its only one.
std::optional<std::string> addressIn(const ContainerInfo& container, const std::string& network);

}  // namespace owpool::docker

#endif  // OWPOOL_LIB_DOCKER_ENGINE_ANSWERS_H_
