#include "core/assert.h"

#include <cstdio>
#include <cstdlib>

namespace owpool::internal {

void assertionFailed(const char* expression, const char* function, const char* file, int line) {
  std::fprintf(stderr, "owpool: broken invariant: %s\n  in %s\n  at %s:%d\n", expression, function,
               file, line);
  std::abort();
}

}  // namespace owpool::internal
