#include "owpoold/support/names.h"

namespace owpool::daemon {
namespace {

bool isWordCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

}  // namespace

bool isEntityName(std::string_view name) {
  constexpr std::size_t kLengthMax = 256;
  if (name.empty() || name.size() > kLengthMax) return false;
  if (!isWordCharacter(name.front()) || name.back() == ' ') return false;
  for (const char c : name) {
    if (!isWordCharacter(c) && std::string_view("@ .&-").find(c) == std::string_view::npos) {
      return false;
    }
  }
  return true;
}

}  // namespace owpool::daemon
