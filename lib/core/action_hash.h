#ifndef OWPOOL_CORE_ACTION_HASH_H_
#define OWPOOL_CORE_ACTION_HASH_H_

#include <cstddef>

#include "owpool/action.h"

namespace owpool::internal {

// Actions are found by their keys, whose strings are the shared action's.
struct ActionKeyHash {
  using is_transparent = void;
  std::size_t operator()(const ActionKey& key) const { return key.hash(); }
  std::size_t operator()(const ActionPtr& action) const { return action->key.hash(); }
};
struct ActionKeyEqual {
  using is_transparent = void;
  static const ActionKey& keyOf(const ActionKey& key) { return key; }
  static const ActionKey& keyOf(const ActionPtr& action) { return action->key; }
  bool operator()(const auto& a, const auto& b) const { return keyOf(a) == keyOf(b); }
};

}  // namespace owpool::internal

#endif  // OWPOOL_CORE_ACTION_HASH_H_
