#include "owpoold/access/failed_attempts.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <limits>

#include "owpoold/support/random.h"

namespace owpool::daemon {

std::string clientNetwork(const std::string& remote_address) {
  in6_addr address = {};
  if (::inet_pton(AF_INET6, remote_address.c_str(), &address) != 1) return remote_address;
  if (IN6_IS_ADDR_V4MAPPED(&address)) {
    std::array<char, INET_ADDRSTRLEN> text{};
    ::inet_ntop(AF_INET, &address.s6_addr[12], text.data(), text.size());
    return text.data();
  }
  constexpr int kNetworkBytes = 8;
  std::fill(&address.s6_addr[kNetworkBytes], std::end(address.s6_addr), std::uint8_t{0});
  std::array<char, INET6_ADDRSTRLEN> text{};
  ::inet_ntop(AF_INET6, &address, text.data(), text.size());
  return text.data();
}

FailedAttempts::FailedAttempts() : seed_(randomActivationId().low) {}

int FailedAttempts::add(const std::string& remote_address, std::int64_t unix_millis) {
  constexpr std::int64_t kMillisInMinute = 60000;
  // FNV-1a, begun with the seed.
  std::uint64_t hash = 0xcbf29ce484222325U ^ seed_;
  for (const char c : clientNetwork(remote_address)) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  }
  std::lock_guard lock(mutex_);
  Place& place = places_[(hash ^ (hash >> 32)) % places_.size()];
  const std::int64_t minute = unix_millis / kMillisInMinute;
  if (place.minute != minute) place = {minute, 0};
  if (place.count < std::numeric_limits<int>::max()) ++place.count;
  return place.count;
}

}  // namespace owpool::daemon
