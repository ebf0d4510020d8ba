#ifndef OWPOOLD_ADMIN_STORY_JSON_H_
#define OWPOOLD_ADMIN_STORY_JSON_H_

#include <cstdint>
#include <string>
#include <vector>

#include "owpool/pool_config.h"
#include "owpoold/admin/activation_story.h"
#include "owpoold/admin/container_log.h"

namespace owpool::daemon {

// What the pool may do, for the advice of whoever explains.
struct PoolFacts {
  ByteSize user_memory;
  Duration idle_timeout{};
  int starts_in_flight_max = 0;
  std::vector<StemCells> stem_cells;
  QueueDiscipline queue_discipline = QueueDiscipline::Fifo;
};

// What GET /activations/ID answers. Names ending in "_us" are microseconds since the
// arrival, or lengths of time; what is not there has not happened. Pure.
std::string storyJson(const ActivationStory& story, const PoolFacts& pool,
                      std::int64_t arrived_unix_ms);

// [{"kind","memory","wanted","starting","ready"},…]
std::string stemCellsJson(const std::vector<StemCells>& stem_cells);

}  // namespace owpool::daemon

#endif  // OWPOOLD_ADMIN_STORY_JSON_H_
