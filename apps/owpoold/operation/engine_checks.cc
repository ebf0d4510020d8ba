// The checks that are about a container engine.
#include <algorithm>

#include "fmt/format.h"
#include "owpoold/operation/preflight.h"

namespace owpool::daemon {
namespace {

std::string fixOf(const EngineFacts& engine) {
  switch (engine.reachable.code()) {
    case absl::StatusCode::kPermissionDenied:
      return "run it as root, or in the group that may use the socket (ls -l " + engine.address +
             "), which is as good as root";
    case absl::StatusCode::kNotFound:
      return "apt-get install docker.io, or --docker-host with the socket of an engine";
    case absl::StatusCode::kInvalidArgument:
      return "--docker-host=unix:///SOCKET, or tcp://HOST:PORT if that is meant";
    default: return "start it: systemctl start docker";
  }
}

std::string fixOf(const EngineFacts::Image& image) {
  return image.can_be_made
             ? "scripts/make-image " + image.kind
             : fmt::format("docker pull {0}, or docker load what docker save {0} wrote elsewhere",
                           image.name);
}

}  // namespace

Finding checkEngine(const EngineFacts& engine) {
  const std::string subject = "container engine";
  if (engine.reachable.ok()) {
    return {Verdict::Ok, subject, fmt::format("{} at {}", engine.version, engine.address), ""};
  }
  const std::string why(engine.reachable.message());
  return {Verdict::Fail, subject,
          engine.address.empty() ? why : fmt::format("{}: {}", engine.address, why),
          fixOf(engine)};
}

std::vector<Finding> checkImages(const EngineFacts& engine) {
  const auto is_there = [](const EngineFacts::Image& image) { return image.is_there; };
  const bool any = std::any_of(engine.images.begin(), engine.images.end(), is_there);
  std::vector<Finding> findings;
  for (const EngineFacts::Image& image : engine.images) {
    const std::string subject = "kind " + image.kind;
    if (image.is_there) {
      findings.push_back({Verdict::Ok, subject, image.name, ""});
      continue;
    }
    findings.push_back({any || engine.pulls ? Verdict::Warn : Verdict::Fail, subject,
                        fmt::format("the image {} is not on the engine's machine{}", image.name,
                                    engine.pulls ? "; its first use pulls it" : ""),
                        fixOf(image)});
  }
  return findings;
}

Finding checkEngineLimits(const EngineFacts& engine) {
  if (engine.limits_memory) return {Verdict::Ok, "memory limits", "the engine's", ""};
  return {Verdict::Warn, "memory limits",
          "the engine cannot limit the memory of containers: each may use all that there is",
          "cgroup_enable=memory on the kernel's command line, where that is Debian's"};
}

}  // namespace owpool::daemon
