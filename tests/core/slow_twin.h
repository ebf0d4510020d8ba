// The rules of the four functions once more, in the slowest obvious way, over a
// plain vector: what the fast ones are compared with. Never linked into a product.
#ifndef OWPOOL_TESTS_CORE_SLOW_TWIN_H_
#define OWPOOL_TESTS_CORE_SLOW_TWIN_H_

#include <optional>
#include <span>
#include <vector>

#include "owpool/scheduling.h"

namespace owpool::slow_twin {

using Containers = std::vector<ContainerData>;

std::optional<ContainerId> schedule(const Containers& containers, const ActionKey& key);
ByteSize memoryConsumptionOf(const Containers& containers);
bool hasPoolSpaceFor(const Containers& containers, ByteSize needed, ByteSize capacity);
std::vector<ContainerId> remove(const Containers& containers, ByteSize to_free);
std::vector<PrewarmShortfall> backfill(const Containers& containers,
                                       std::span<const PrewarmConfig> configs);

}  // namespace owpool::slow_twin

#endif  // OWPOOL_TESTS_CORE_SLOW_TWIN_H_
