#include "owpool/action.h"

#include <utility>

#include "absl/hash/hash.h"

namespace owpool {

ActionKey::ActionKey(std::string invocation_namespace, std::string name, std::string revision)
    : invocation_namespace_(std::move(invocation_namespace)),
      name_(std::move(name)),
      revision_(std::move(revision)),
      hash_(absl::HashOf(invocation_namespace_, name_, revision_)) {}

}  // namespace owpool
