// A random sequence that is the same on every machine and compiler, which the
// distributions of <random> are not.
#ifndef OWPOOL_SIMULATE_RANDOM_H_
#define OWPOOL_SIMULATE_RANDOM_H_

#include <cstddef>
#include <cstdint>
#include <span>

namespace owpool::simulate {

// SplitMix64 (Steele, Lea, Flood 2014): any seed is a good seed, neighbours included.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    state_ += 0x9e3779b97f4a7c15u;
    std::uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9u;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebu;
    return mixed ^ (mixed >> 31);
  }

  // 0 <= result < limit. REQUIRES: limit > 0. Its bias is below 2^-40 for our limits.
  std::uint64_t below(std::uint64_t limit) { return next() % limit; }
  bool oneIn(std::uint64_t n) { return below(n) == 0; }

  template <typename T, std::size_t n>
  T oneOf(const T (&values)[n]) {
    return values[below(n)];
  }

  // An index, each as likely as its weight says. REQUIRES: a weight is > 0.
  std::size_t weighted(std::span<const std::uint32_t> weights) {
    std::uint64_t sum = 0;
    for (const std::uint32_t weight : weights) sum += weight;
    std::uint64_t left = below(sum);
    std::size_t at = 0;
    while (left >= weights[at]) left -= weights[at++];
    return at;
  }

 private:
  std::uint64_t state_;
};

// The seed of part "index" of what is made from "seed".
inline std::uint64_t subSeed(std::uint64_t seed, std::uint64_t index) {
  return Random(Random(seed).next() ^ index).next();
}

}  // namespace owpool::simulate

#endif  // OWPOOL_SIMULATE_RANDOM_H_
