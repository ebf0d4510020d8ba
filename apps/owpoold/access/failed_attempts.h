// How often wrong keys come from where.
#ifndef OWPOOLD_ACCESS_FAILED_ATTEMPTS_H_
#define OWPOOLD_ACCESS_FAILED_ATTEMPTS_H_

#include <array>
#include <cstdint>
#include <mutex>
#include <string>

namespace owpool::daemon {

// Counts per remote address and minute, in a table of fixed size: addresses that
// meet in a place of it share a count, as do all of an IPv6 /64 network, which one
// client may own. That does no harm, since a right key is never counted nor kept
// out. Thread-safe; the time is told.
class FailedAttempts {
 public:
  static constexpr int kPerMinuteMax = 100;

  FailedAttempts();
  // Counts one. How many there are in this minute.
  int add(const std::string& remote_address, std::int64_t unix_millis);

 private:
  struct Place {
    std::int64_t minute = 0;
    int count = 0;
  };
  const std::uint64_t seed_;  // So that nobody can choose whose place to share.
  std::mutex mutex_;
  std::array<Place, 4096> places_{};
};

// What of an address tells clients apart: all of IPv4, the first half of IPv6.
std::string clientNetwork(const std::string& remote_address);

}  // namespace owpool::daemon

#endif  // OWPOOLD_ACCESS_FAILED_ATTEMPTS_H_
