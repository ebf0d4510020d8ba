#include "docker/api_version.h"

#include <charconv>
#include <compare>
#include <optional>
#include <string_view>

#include <fmt/format.h>

namespace owpool::docker {
namespace {

struct Version {
  int major = 0;
  int minor = 0;
  friend auto operator<=>(const Version&, const Version&) = default;
};

constexpr Version kOurs{1, 41};
constexpr Version kOurNewer{1, 44};

std::optional<Version> parseVersion(std::string_view text) {
  Version version;
  const char* end = text.data() + text.size();
  const auto major = std::from_chars(text.data(), end, version.major);
  if (major.ec != std::errc() || major.ptr == end || *major.ptr != '.') return std::nullopt;
  const auto minor = std::from_chars(major.ptr + 1, end, version.minor);
  if (minor.ec != std::errc() || minor.ptr != end) return std::nullopt;
  return version;
}

}  // namespace

absl::StatusOr<std::string> chooseApiVersion(const std::string& newest,
                                             const std::string& oldest) {
  const auto last = parseVersion(newest);
  // Podman and engines of long ago do not say where they begin.
  const auto first = parseVersion(oldest.empty() ? "1.0" : oldest);
  if (!last || !first) {
    return absl::FailedPreconditionError(fmt::format(
        "the container engine says that it speaks the API versions \"{}\" to \"{}\", which are "
        "none",
        oldest, newest));
  }
  for (const Version& ours : {kOurs, kOurNewer}) {
    if (*first <= ours && ours <= *last) return fmt::format("{}.{}", ours.major, ours.minor);
  }
  return absl::FailedPreconditionError(fmt::format(
      "the container engine speaks the versions {}.{} to {}.{} of its API, owpool speaks {}.{} "
      "and {}.{}",
      first->major, first->minor, last->major, last->minor, kOurs.major, kOurs.minor,
      kOurNewer.major, kOurNewer.minor));
}

}  // namespace owpool::docker
