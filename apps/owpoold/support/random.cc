#include "owpoold/support/random.h"

#include <sys/random.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdlib>

#include "fmt/format.h"

namespace owpool::daemon {
namespace {

void fill(void* target, std::size_t size) {
  auto* bytes = static_cast<unsigned char*>(target);
  while (size > 0) {
    const ssize_t n = ::getrandom(bytes, size, 0);
    if (n < 0 && errno == EINTR) continue;
    // Without flags the call fails only if the kernel has none: no key may be made then.
    if (n < 0) std::abort();
    bytes += n;
    size -= static_cast<std::size_t>(n);
  }
}

}  // namespace

std::string randomLettersAndDigits(std::size_t count) {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  std::string text;
  while (text.size() < count) {
    std::array<std::uint8_t, 64> bytes;
    fill(bytes.data(), bytes.size());
    for (const std::uint8_t byte : bytes) {
      // 248 = 4 * 62: what is above would favour the first letters.
      if (byte < 248 && text.size() < count) text += kAlphabet[byte % kAlphabet.size()];
    }
  }
  return text;
}

std::string randomUuid() {
  std::array<std::uint64_t, 2> words;
  fill(words.data(), sizeof(words));
  words[0] = (words[0] & ~std::uint64_t{0xf000}) | 0x4000;                      // Version 4.
  words[1] = (words[1] & ~(std::uint64_t{3} << 62)) | (std::uint64_t{2} << 62);  // Variant 10.
  return fmt::format("{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", words[0] >> 32,
                     (words[0] >> 16) & 0xffff, words[0] & 0xffff, words[1] >> 48,
                     words[1] & 0xffffffffffff);
}

ActivationId randomActivationId() {
  ActivationId id;
  fill(&id.high, sizeof(id.high));
  fill(&id.low, sizeof(id.low));
  return id;
}

}  // namespace owpool::daemon
