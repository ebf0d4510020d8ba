#include "core/assert.h"

#include <cstdio>
#include <cstdlib>

namespace owpool::internal {

void assertionFailed(const char* expression, const std::source_location& location) {
  std::fprintf(stderr, "owpool: broken invariant: %s\n  in %s\n  at %s:%u\n", expression,
               location.function_name(), location.file_name(), location.line());
  std::abort();
}

}  // namespace owpool::internal
