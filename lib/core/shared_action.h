#ifndef OWPOOL_CORE_SHARED_ACTION_H_
#define OWPOOL_CORE_SHARED_ACTION_H_

#include <variant>

#include "core/overloaded.h"
#include "owpool/container_state.h"

namespace owpool::internal {

// What actionOf() points to, to be shared further; null where that is.
inline ActionPtr sharedActionOf(const ContainerState& state) {
  return std::visit(Overloaded{
                        [](const Starting&) -> ActionPtr { return nullptr; },
                        [](const Prewarmed&) -> ActionPtr { return nullptr; },
                        [](const Removing&) -> ActionPtr { return nullptr; },
                        [](const auto& bound) -> ActionPtr { return bound.action; },
                    },
                    state);
}

}  // namespace owpool::internal

#endif  // OWPOOL_CORE_SHARED_ACTION_H_
