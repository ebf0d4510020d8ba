#include "owpoold/support/nearest_name.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "absl/strings/ascii.h"
#include "fmt/format.h"

namespace owpool::daemon {
namespace {

// No name is longer, and what is need not be compared.
constexpr std::size_t kLengthMax = 64;

// Levenshtein's: how many letters must be put in, taken out or replaced.
std::size_t distance(const std::string& a, const std::string& b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = std::exchange(row[j], std::min({replaced, row[j] + 1, row[j - 1] + 1}));
    }
  }
  return row[b.size()];
}

}  // namespace

std::string nearestName(std::string_view wrong, const std::vector<std::string>& names) {
  if (wrong.size() > kLengthMax) return "";
  const std::string lower = absl::AsciiStrToLower(std::string(wrong));
  std::string nearest;
  std::size_t least = 0;
  for (const std::string& name : names) {
    const std::size_t found = distance(lower, absl::AsciiStrToLower(name));
    if (found > std::max<std::size_t>(1, name.size() / 3)) continue;
    if (nearest.empty() || found < least) {
      nearest = name;
      least = found;
    }
  }
  return nearest;
}

std::string didYouMean(std::string_view wrong, const std::vector<std::string>& names,
                       std::string_view prefix) {
  const std::string meant = nearestName(wrong, names);
  return meant.empty() ? "" : fmt::format(", did you mean {}{}?", prefix, meant);
}

}  // namespace owpool::daemon
