#include "os/cgroup_mounts.h"

#include <fstream>
#include <iterator>
#include <vector>

#include "absl/strings/str_split.h"

namespace owpool::os {
namespace {

std::vector<std::string> split(std::string_view text, char at) {
  return absl::StrSplit(std::string(text), at);
}

bool contains(const std::vector<std::string>& values, std::string_view value) {
  for (const std::string& each : values) {
    if (each == value) return true;
  }
  return false;
}

// The path of our group below the root of the hierarchy; "controller" is empty for
// version 2, whose line is "0::<path>".
std::optional<std::string> groupPath(std::string_view cgroup, std::string_view controller) {
  for (const std::string& line : split(cgroup, '\n')) {
    const std::size_t first = line.find(':');
    const std::size_t second = first == std::string::npos ? first : line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const bool matches =
        controller.empty() ? controllers.empty() : contains(split(controllers, ','), controller);
    if (matches) return line.substr(second + 1);
  }
  return std::nullopt;
}

// mountinfo writes a space, tab, line feed and backslash as octal.
std::string unescape(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto isOctal = [&](std::size_t at) { return text[at] >= '0' && text[at] <= '7'; };
    if (text[i] == '\\' && i + 3 < text.size() && isOctal(i + 1) && isOctal(i + 2) &&
        isOctal(i + 3)) {
      result += static_cast<char>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 +
                                  (text[i + 3] - '0'));
      i += 3;
    } else {
      result += text[i];
    }
  }
  return result;
}

// A mount may show a part of its hierarchy only: "root" is that part's path. Inside a
// container it often is our own group, seen as the root.
std::string directoryOf(const std::string& mount_point, const std::string& root,
                        const std::string& path) {
  std::string below = path;
  if (root != "/" && (path == root || path.rfind(root + "/", 0) == 0)) {
    below = path.substr(root.size());
  } else if (root != "/") {
    below.clear();
  }
  if (below.empty() || below == "/") return mount_point;
  return mount_point + below;
}

}  // namespace

CgroupMounts findCgroups(std::string_view cgroup, std::string_view mountinfo) {
  CgroupMounts mounts;
  for (const std::string& line : split(mountinfo, '\n')) {
    // "id parent device root mount-point options [tags…] - type source super-options"
    const std::size_t dash = line.find(" - ");
    if (dash == std::string::npos) continue;
    const std::vector<std::string> front = split(std::string_view(line).substr(0, dash), ' ');
    const std::vector<std::string> back = split(std::string_view(line).substr(dash + 3), ' ');
    if (front.size() < 6 || back.size() < 3) continue;
    const auto set = [&](std::optional<std::string>& directory, std::string_view controller) {
      const auto path = groupPath(cgroup, controller);
      if (path) directory = directoryOf(unescape(front[4]), unescape(front[3]), *path);
    };
    if (back[0] == "cgroup2") set(mounts.unified, "");
    if (back[0] != "cgroup") continue;
    const std::vector<std::string> options = split(back[2], ',');
    if (contains(options, "memory")) set(mounts.memory_v1, "memory");
    if (contains(options, "freezer")) set(mounts.freezer_v1, "freezer");
    if (contains(options, "pids")) set(mounts.pids_v1, "pids");
  }
  return mounts;
}

CgroupMounts findOwnCgroups() {
  const auto read = [](const char* path) {
    std::ifstream file(path);
    return std::string(std::istreambuf_iterator<char>(file), {});
  };
  return findCgroups(read("/proc/self/cgroup"), read("/proc/self/mountinfo"));
}

}  // namespace owpool::os
