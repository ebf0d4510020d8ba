// The rules of the functions of scheduling.h once more, in the slowest obvious way, over a
// plain vector: what the fast ones are compared with. Never linked into a product.
#ifndef OWPOOL_TESTS_ORACLE_SLOW_TWIN_H_
#define OWPOOL_TESTS_ORACLE_SLOW_TWIN_H_

#include <optional>
#include <span>
#include <vector>

#include "owpool/scheduling.h"

namespace owpool::slow_twin {

using Containers = std::vector<ContainerData>;

std::optional<ContainerId> schedule(const Containers& containers, const ActionKey& key);
ByteSize memoryConsumptionOf(const Containers& containers, MemoryAccounting accounting = {});
bool hasPoolSpaceFor(const Containers& containers, ByteSize needed, ByteSize capacity,
                     MemoryAccounting accounting = {});
std::vector<ContainerId> remove(const Containers& containers, ByteSize to_free);
std::vector<ContainerId> removeWithPrewarms(const Containers& containers, ByteSize to_free);
int reactiveCount(const ReactivePrewarm& reactive, int cold_start_count);
std::vector<PrewarmShortfall> backfill(const Containers& containers,
                                       std::span<const PrewarmConfig> configs);

}  // namespace owpool::slow_twin

#endif  // OWPOOL_TESTS_ORACLE_SLOW_TWIN_H_
