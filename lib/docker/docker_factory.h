#ifndef OWPOOL_LIB_DOCKER_DOCKER_FACTORY_H_
#define OWPOOL_LIB_DOCKER_DOCKER_FACTORY_H_

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "docker/container_network.h"
#include "docker/docker_container.h"
#include "docker/engine.h"
#include "docker/engine_watch.h"
#include "owpool/docker.h"

namespace owpool::docker {

class DockerContainerFactory final : public ContainerFactory {
 public:
  // REQUIRES: what the fields of "config" require; "address" is the engine's.
  DockerContainerFactory(DockerFactoryConfig config, const std::string& address);
  // REQUIRES: its containers have been destroyed.
  ~DockerContainerFactory() override;

  // Called once, first.
  absl::Status start();

  absl::StatusOr<std::unique_ptr<Container>> create(StartRequest request) override;

 private:
  // Undoes what was done for a container that does not come to be.
  class Draft;

  // Waits for its turn.
  absl::Status takeSlot(const Patience& patience);
  void returnSlot();
  absl::Status createDraft(const StartRequest& request, Draft& draft, const Patience& patience);
  // Tries once, and again if the image could be obtained in between.
  absl::StatusOr<std::string> createNamed(const StartRequest& request, const std::string& name,
                                          const Patience& patience);
  // Removes the container of that name if it is ours and nobody here knows it.
  void removeByName(const std::string& name);
  // OK: it is there now. Waits for another's pull, which may be that of the same image.
  absl::Status obtainImage(const RuntimeKind& runtime, const Patience& patience);
  absl::Status pullUnlessThere(const RuntimeKind& runtime, const Patience& patience);
  absl::StatusOr<std::unique_ptr<Container>> startDraft(Draft& draft, StartRequest request,
                                                        const Patience& patience);
  std::string bodyFor(const StartRequest& request) const;

  const DockerFactoryConfig config_;
  Engine engine_;
  ContainerNetwork network_;
  EngineWatch watch_;
  std::mutex mutex_;
  std::condition_variable slot_free_;
  int slots_free_;  // Guarded by mutex_.
  std::condition_variable pull_ended_;
  bool pulling_ = false;  // Guarded by mutex_: one pull at a time.
  std::atomic<std::uint64_t> next_suffix_{1};
};

}  // namespace owpool::docker

#endif  // OWPOOL_LIB_DOCKER_DOCKER_FACTORY_H_
