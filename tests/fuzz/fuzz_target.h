// What a fuzz target is: a function that takes any bytes at all, and says what must hold.
#ifndef OWPOOL_TESTS_FUZZ_FUZZ_TARGET_H_
#define OWPOOL_TESTS_FUZZ_FUZZ_TARGET_H_

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

// Called by libFuzzer's main() or by that of feed_files.cc. The result is always 0.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace owpool::fuzz {

inline std::string_view textOf(const std::uint8_t* data, std::size_t size) {
  return size == 0 ? std::string_view()
                   : std::string_view(reinterpret_cast<const char*>(data), size);
}

// Ends the program, which libFuzzer takes for a crash, unless it holds.
inline void must(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "This does not hold: %s\n", what);
  std::abort();
}

}  // namespace owpool::fuzz

#endif  // OWPOOL_TESTS_FUZZ_FUZZ_TARGET_H_
