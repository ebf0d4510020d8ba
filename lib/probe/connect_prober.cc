#include "owpool/probe.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <thread>

namespace owpool {
namespace {

using Clock = std::chrono::steady_clock;

struct Address {
  sockaddr_storage storage{};
  socklen_t size = 0;
};

std::optional<Address> unixAddress(std::string_view path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof address.sun_path) return std::nullopt;
  std::memcpy(address.sun_path, path.data(), path.size());
  Address result;
  std::memcpy(&result.storage, &address, sizeof address);
  result.size = sizeof address;
  return result;
}

std::optional<Address> internetAddress(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string host(text.substr(0, colon));
  const std::string_view digits = text.substr(colon + 1);
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (error != std::errc() || end != digits.data() + digits.size() || port == 0) {
    return std::nullopt;
  }
  if (host == "localhost") host = "127.0.0.1";
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  }
  Address result;
  sockaddr_in v4{};
  if (::inet_pton(AF_INET, host.c_str(), &v4.sin_addr) == 1) {
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    std::memcpy(&result.storage, &v4, sizeof v4);
    result.size = sizeof v4;
    return result;
  }
  sockaddr_in6 v6{};
  if (::inet_pton(AF_INET6, host.c_str(), &v6.sin6_addr) != 1) return std::nullopt;
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(port);
  std::memcpy(&result.storage, &v6, sizeof v6);
  result.size = sizeof v6;
  return result;
}

std::optional<Address> parseAddress(std::string_view text) {
  constexpr std::string_view kUnix = "unix:";
  if (text.substr(0, kUnix.size()) == kUnix) return unixAddress(text.substr(kUnix.size()));
  return internetAddress(text);
}

int millisecondsUntil(Clock::time_point deadline) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, 1'000'000));
}

// True iff the connection that "fd" began to make is there by "deadline".
bool finishConnect(int fd, Clock::time_point deadline) {
  pollfd poll_fd{fd, POLLOUT, 0};
  int ready = 0;
  do {
    ready = ::poll(&poll_fd, 1, millisecondsUntil(deadline));
  } while (ready < 0 && errno == EINTR);
  int error = 0;
  socklen_t size = sizeof error;
  return ready == 1 && ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0;
}

enum class Attempt { Connected, Refused, Again };

Attempt attemptConnect(const Address& address, Clock::time_point deadline) {
  const int fd =
      ::socket(address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return Attempt::Refused;
  Attempt result = Attempt::Refused;
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&address.storage), address.size) == 0) {
    result = Attempt::Connected;
  } else if (errno == EAGAIN) {
    // A Unix socket whose queue is full; it says so at once and does not wait.
    result = Attempt::Again;
  } else if (errno == EINPROGRESS || errno == EINTR) {
    result = finishConnect(fd, deadline) ? Attempt::Connected : Attempt::Refused;
  }
  ::close(fd);
  return result;
}

class ConnectProber final : public HealthProber {
 public:
  ProbeResult probe(std::string_view address, Duration timeout) override {
    const auto parsed = parseAddress(address);
    if (!parsed) return ProbeResult::Unreachable;
    const Clock::time_point deadline =
        Clock::now() + std::clamp<Duration>(timeout, Duration::zero(), std::chrono::hours(24));
    for (;;) {
      const Attempt attempt = attemptConnect(*parsed, deadline);
      if (attempt == Attempt::Connected) return ProbeResult::Reachable;
      if (attempt == Attempt::Refused || Clock::now() >= deadline) return ProbeResult::Unreachable;
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  }
};

}  // namespace

std::unique_ptr<HealthProber> newConnectProber() { return std::make_unique<ConnectProber>(); }

}  // namespace owpool
