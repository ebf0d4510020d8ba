// Assertions that stay on in every build: an invariant that does not hold is a
// defect of ours, and going on would send work where it must not go.
#ifndef OWPOOL_CORE_ASSERT_H_
#define OWPOOL_CORE_ASSERT_H_

namespace owpool::internal {

// Prints what failed and where, and aborts.
[[noreturn]] void assertionFailed(const char* expression, const char* function, const char* file,
                                  int line);

}  // namespace owpool::internal

// Macros, not std::source_location: clang 14 has none.
#define OWPOOL_ASSERT(expression)                                                            \
  do {                                                                                       \
    if (!(expression)) [[unlikely]]                                                          \
      ::owpool::internal::assertionFailed(#expression, __func__, __FILE__, __LINE__);        \
  } while (false)

#endif  // OWPOOL_CORE_ASSERT_H_
