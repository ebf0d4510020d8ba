// Assertions that stay on in every build: an invariant that does not hold is a
// defect of ours, and going on would send work where it must not go.
#ifndef OWPOOL_CORE_ASSERT_H_
#define OWPOOL_CORE_ASSERT_H_

#include <source_location>

namespace owpool::internal {

// Prints what failed and where, and aborts.
[[noreturn]] void assertionFailed(
    const char* expression, const std::source_location& location = std::source_location::current());

}  // namespace owpool::internal

#define OWPOOL_ASSERT(expression)                             \
  do {                                                        \
    if (!(expression)) [[unlikely]]                           \
      ::owpool::internal::assertionFailed(#expression);       \
  } while (false)

#endif  // OWPOOL_CORE_ASSERT_H_
