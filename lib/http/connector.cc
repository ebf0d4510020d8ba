#include "http/connector.h"

#include <algorithm>
#include <cerrno>
#include <memory>
#include <thread>

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace owpool::http {
namespace {

// How long until a full backlog is tried again.
constexpr std::chrono::milliseconds kBacklogInterval{5};

bool connected(int fd, const sockaddr* address, socklen_t size, Deadline deadline,
               const std::atomic<bool>* abort) {
  while (::connect(fd, address, size) != 0) {
    if (errno == EAGAIN && address->sa_family == AF_UNIX) {
      // The listener's backlog is full, and there is nothing to wait on.
      if (deadline - std::chrono::steady_clock::now() <= kBacklogInterval ||
          (abort != nullptr && abort->load()))
        return false;
      std::this_thread::sleep_for(kBacklogInterval);
      continue;
    }
    if (errno != EINPROGRESS && errno != EINTR) return false;
    if (waitFor(fd, POLLOUT, deadline, abort) != IoStatus::Ok) return false;
    int error = 0;
    socklen_t error_size = sizeof(error);
    return ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &error_size) == 0 && error == 0;
  }
  return true;
}

std::optional<int> connectSocket(const sockaddr* address, socklen_t size, Deadline deadline,
                                 const std::atomic<bool>* abort) {
  const int fd = ::socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return std::nullopt;
  if (!connected(fd, address, size, deadline, abort)) {
    ::close(fd);
    return std::nullopt;
  }
  const int on = 1;
  if (address->sa_family != AF_UNIX) ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  return fd;
}

std::optional<int> connectByName(const Address& address, Deadline deadline,
                                 const std::atomic<bool>* abort) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(address.host.c_str(), address.port.c_str(), &hints, &found) != 0)
    return std::nullopt;
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, &::freeaddrinfo);
  for (const addrinfo* info = found; info != nullptr; info = info->ai_next) {
    const auto fd = connectSocket(info->ai_addr, info->ai_addrlen, deadline, abort);
    if (fd.has_value()) return fd;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Address> parseAddress(std::string_view text) {
  constexpr std::string_view kUnix = "unix:";
  Address result;
  if (text.substr(0, kUnix.size()) == kUnix) {
    result.unix_path = text.substr(kUnix.size());
    const bool fits =
        !result.unix_path.empty() && result.unix_path.size() < sizeof(sockaddr_un::sun_path);
    return fits ? std::optional(result) : std::nullopt;
  }
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  result.host = text.substr(0, colon);
  result.port = text.substr(colon + 1);
  if (result.host.size() > 2 && result.host.front() == '[' && result.host.back() == ']')
    result.host = result.host.substr(1, result.host.size() - 2);
  const bool port_is_number =
      !result.port.empty() && result.port.size() <= 5 &&
      result.port.find_first_not_of("0123456789") == std::string::npos;
  if (result.host.empty() || !port_is_number) return std::nullopt;
  return result;
}

std::optional<int> connectTo(const Address& address, Deadline deadline,
                             const std::atomic<bool>* abort) {
  if (address.unix_path.empty()) return connectByName(address, deadline, abort);
  sockaddr_un target{};
  target.sun_family = AF_UNIX;
  std::copy(address.unix_path.begin(), address.unix_path.end(), target.sun_path);
  return connectSocket(reinterpret_cast<const sockaddr*>(&target), sizeof(target), deadline, abort);
}

}  // namespace owpool::http
