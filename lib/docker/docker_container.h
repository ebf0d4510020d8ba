// A container of the engine, from its start to its removal.
#ifndef OWPOOL_LIB_DOCKER_DOCKER_CONTAINER_H_
#define OWPOOL_LIB_DOCKER_DOCKER_CONTAINER_H_

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "docker/container_freezer.h"
#include "docker/death_notice.h"
#include "docker/engine.h"
#include "docker/engine_watch.h"
#include "docker/log_follower.h"
#include "logs/log_collector.h"
#include "owpool/action_protocol.h"
#include "owpool/container_factory.h"

namespace owpool::docker {

// What the factory knows of it.
struct ContainerParts {
  std::string id;
  std::string address;
  ByteSize response_max;
  DockerPause pause = DockerPause::Engine;
  std::optional<ContainerFreezer> freezer;  // Iff that is how it is paused.
};

class DockerContainer final : public Container {
 public:
  // Takes over the removal. "watch" knows the container.
  DockerContainer(ContainerParts parts, const Engine& engine, EngineWatch& watch);
  ~DockerContainer() override;

  // Called once, first: "death" is the container's.
  void tellDeath(DeathNotice& death, absl::AnyInvocable<void()> on_death);

  const std::string& address() const override { return parts_.address; }
  InitResult initialize(const InitRequest& request) override;
  RunResult run(const RunRequest& request) override;
  ActivationLogs collectLogs(const LogRequest& request) override;
  absl::Status pause(Duration timeout) override;
  absl::Status resume(Duration timeout) override;
  absl::Status destroy(Duration timeout) override;

 private:
  void onDeath();
  bool memoryExhausted() const;

  ContainerParts parts_;
  const Engine& engine_;
  EngineWatch& watch_;
  logs::LogCollector logs_;
  LogFollower follower_;
  ActionClient client_;
  absl::AnyInvocable<void()> on_death_;
  std::atomic<bool> ended_{false};       // It died, or is being destroyed.
  std::atomic<bool> destroying_{false};
  std::mutex destroy_mutex_;
  bool destroyed_ = false;  // Guarded by destroy_mutex_.
};

}  // namespace owpool::docker

#endif  // OWPOOL_LIB_DOCKER_DOCKER_CONTAINER_H_
