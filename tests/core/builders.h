// Short ways to make the values that tests of the core are about.
#ifndef OWPOOL_TESTS_CORE_BUILDERS_H_
#define OWPOOL_TESTS_CORE_BUILDERS_H_

#include <memory>
#include <string>
#include <utility>

#include "owpool/pool.h"

namespace owpool {

using namespace owpool::literals;
using namespace std::chrono_literals;

inline const RuntimeKind kNode{"nodejs:20", "node"};
inline const RuntimeKind kPython{"python:3", "python"};

struct ActionSpec {
  std::string name = "hello";
  ByteSize memory = 256_MiB;
  int concurrency_max = 1;
  std::string invocation_namespace = "guest";
  std::string revision = "1";
  RuntimeKind runtime = kNode;
};

inline ActionPtr makeAction(ActionSpec spec = {}) {
  Action action;
  action.key = ActionKey(spec.invocation_namespace, "guest/" + spec.name, spec.revision);
  action.runtime = spec.runtime;
  action.memory = spec.memory;
  action.concurrency_max = spec.concurrency_max;
  return std::make_shared<const Action>(std::move(action));
}

inline TimePoint at(Duration since_start) { return TimePoint(since_start); }

}  // namespace owpool

#endif  // OWPOOL_TESTS_CORE_BUILDERS_H_
