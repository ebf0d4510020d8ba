#include "docker/leftover.h"

#include "docker/container_freezer.h"

namespace owpool::docker {

absl::Status removeLeftover(const Engine& engine, const std::string& id,
                            const Patience& patience) {
  // What the engine itself has paused it also resumes.
  const auto info = engine.inspect(id, patience);
  if (info.ok() && info->status == "running") {
    if (const auto freezer = ContainerFreezer::of(id, info->pid)) freezer->thaw();
  }
  return engine.remove(id, patience);
}

}  // namespace owpool::docker
