#include "docker/docker_container.h"

#include <algorithm>
#include <thread>
#include <utility>

namespace owpool::docker {
namespace {

using Clock = std::chrono::steady_clock;

// OpenWhisk's: for so long the engine may take to notice why a container ended.
constexpr std::chrono::seconds kMemoryQuestion{2};
constexpr std::chrono::milliseconds kMemoryPoll{10};
// What a process has that was killed, by SIGKILL, for want of memory.
constexpr std::int64_t kKilledExitCode = 137;

}  // namespace

DockerContainer::DockerContainer(ContainerParts parts, const Engine& engine, EngineWatch& watch)
    : parts_(std::move(parts)),
      engine_(engine),
      watch_(watch),
      logs_(kLogSentinel),
      follower_(engine, parts_.id, logs_),
      client_(ActionClientConfig{parts_.address, parts_.response_max,
                                 [this] { return memoryExhausted(); }}) {}

DockerContainer::~DockerContainer() {
  // Does nothing if it was destroyed, as it should have been.
  (void)destroy(std::chrono::seconds(10));
}

void DockerContainer::tellDeath(DeathNotice& death, absl::AnyInvocable<void()> on_death) {
  on_death_ = std::move(on_death);
  death.arm([this] { onDeath(); });
}

void DockerContainer::onDeath() {
  if (destroying_) return;
  ended_ = true;
  // Connecting to its address would take seconds to fail, or reach another's container.
  client_.abort();
  auto on_death = std::move(on_death_);
  // The container may be gone when this returns.
  if (on_death) on_death();
}

InitResult DockerContainer::initialize(const InitRequest& request) {
  follower_.start();
  return client_.initialize(request);
}

RunResult DockerContainer::run(const RunRequest& request) {
  const Action& action = *request.action;
  logs_.beginActivation(action.log_limit, action.concurrency_max == 1);
  RunResult result = client_.run(request);
  if (!result.delivered) logs_.activationNotDelivered();
  return result;
}

ActivationLogs DockerContainer::collectLogs(const LogRequest& request) {
  // What was written is on its way through the engine: without an end mark to wait for, a
  // short silence says that it has come.
  if (!request.wait_for_end) logs_.settle();
  return logs_.collect(request);
}

absl::Status DockerContainer::pause(Duration timeout) {
  if (ended_) return absl::UnavailableError("the container has ended");
  if (parts_.pause == DockerPause::None) return absl::OkStatus();
  if (parts_.freezer) return parts_.freezer->set(true, timeout, ended_);
  return engine_.pause(parts_.id, patienceFor(timeout, &ended_));
}

absl::Status DockerContainer::resume(Duration timeout) {
  if (ended_) return absl::UnavailableError("the container has ended");
  if (parts_.pause == DockerPause::None) return absl::OkStatus();
  if (parts_.freezer) return parts_.freezer->set(false, timeout, ended_);
  return engine_.unpause(parts_.id, patienceFor(timeout, &ended_));
}

bool DockerContainer::memoryExhausted() const {
  const auto end = Clock::now() + kMemoryQuestion;
  for (;;) {
    const auto info = engine_.inspect(parts_.id, Patience{end, &destroying_});
    if (info.status().code() == absl::StatusCode::kNotFound) return false;
    if (info.ok() && info->oom_killed) return true;
    if (info.ok() && info->status == "exited" && info->exit_code != kKilledExitCode) return false;
    if (destroying_ || Clock::now() >= end) return false;
    std::this_thread::sleep_for(kMemoryPoll);
  }
}

absl::Status DockerContainer::destroy(Duration timeout) {
  const Patience patience = patienceFor(timeout);
  destroying_ = true;
  ended_ = true;
  client_.abort();
  logs_.abort();
  watch_.remove(parts_.id);
  const std::lock_guard<std::mutex> lock(destroy_mutex_);
  if (destroyed_) return absl::OkStatus();
  // Under version 1 what is frozen cannot be killed.
  if (parts_.freezer) parts_.freezer->thaw();
  auto status = engine_.remove(parts_.id, patience);
  if (status.ok()) {
    destroyed_ = true;
    follower_.stop();
  }
  return status;
}

}  // namespace owpool::docker
