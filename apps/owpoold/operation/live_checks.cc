#include "owpoold/operation/live_checks.h"

#include <sys/statvfs.h>

#include <algorithm>
#include <chrono>

#include "owpoold/operation/engine_facts.h"
#include "process/command.h"

namespace owpool::daemon {
namespace {

constexpr Duration kLatenessMax = std::chrono::seconds(10);
constexpr ByteSize kSpaceMin = ByteSize::mebibytes(1);

}  // namespace

HealthBoard newHealthBoard() {
  using Probe = HealthBoard::Probe;
  return HealthBoard({{"deadlines", Probe::Live, ""},
                      {"listening", Probe::Ready, "the server does not listen yet"},
                      {"shutdown", Probe::Ready, ""},
                      {"kinds", Probe::Ready, ""},
                      {"records", Probe::Ready, ""}});
}

std::vector<Monitor::Check> liveChecks(const LiveCheckDeps& deps) {
  return {{"deadlines",
           [deps] { return deadlinesProblem(deps.driver.nextDeadline(), deps.clock.now()); }},
          {"kinds",
           [deps] {
             return deps.engine.empty() ? kindsProblem(deps.manifest)
                                        : engineProblem(deps.engine);
           }},
          {"records", [deps] { return recordsProblem(deps.state_dir, deps.metrics, deps.store); }}};
}

std::string deadlinesProblem(std::optional<TimePoint> next_deadline, TimePoint now) {
  const bool is_late = next_deadline && now - *next_deadline > kLatenessMax;
  return is_late ? "what falls due in the pool is not done" : "";
}

std::string kindsProblem(const Manifest& manifest) {
  const auto& kinds = manifest.kinds();
  const bool any = std::any_of(kinds.begin(), kinds.end(), [](const Kind& kind) {
    return !kind.command.empty() &&
           process::resolveProgram(kind.command.front(), process::programPath()).ok();
  });
  return any ? "" : "no kind of actions has its program on this machine";
}

std::string recordsProblem(const std::string& state_dir, ActivationMetrics& metrics,
                           Store& store) {
  struct statvfs file_system {};
  if (::statvfs(state_dir.c_str(), &file_system) == 0) {
    const auto free = ByteSize::bytes(
        static_cast<std::int64_t>(file_system.f_bavail * file_system.f_frsize));
    if (free < kSpaceMin) return "the disk is full";
  }
  if (!metrics.lastRecordFailed()) return "";
  if (!store.checkWritable().ok()) return "records cannot be written";
  metrics.recordsAreWritten();
  return "";
}

}  // namespace owpool::daemon
