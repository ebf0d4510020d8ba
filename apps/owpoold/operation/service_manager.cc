#include "owpoold/operation/service_manager.h"

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "fmt/format.h"

namespace owpool::daemon {
namespace {

std::string take(const char* name) {
  const char* value = std::getenv(name);
  std::string text = value == nullptr ? "" : value;
  ::unsetenv(name);
  return text;
}

std::optional<std::int64_t> parseNumber(const std::string& text) {
  std::int64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || rest != end || number <= 0) return std::nullopt;
  return number;
}

std::int64_t micros(Duration duration) {
  return std::chrono::duration_cast<std::chrono::microseconds>(duration).count();
}

}  // namespace

ServiceManager::Environment ServiceManager::takeEnvironment() {
  return {take("NOTIFY_SOCKET"), take("WATCHDOG_USEC"), take("WATCHDOG_PID")};
}

ServiceManager::ServiceManager(Environment environment, pid_t self)
    : notify_socket_(std::move(environment.notify_socket)) {
  const auto interval = parseNumber(environment.watchdog_usec);
  const bool is_for_us =
      environment.watchdog_pid.empty() || environment.watchdog_pid == std::to_string(self);
  if (!notify_socket_.empty() && is_for_us && interval) {
    watchdog_ = std::chrono::microseconds(*interval);
  }
}

void ServiceManager::tell(std::string_view message) const {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::size_t size = notify_socket_.size();
  if (size == 0 || size >= sizeof(address.sun_path)) return;
  std::memcpy(address.sun_path, notify_socket_.data(), size);
  const bool is_abstract = notify_socket_.front() == '@';
  if (is_abstract) address.sun_path[0] = '\0';
  const int fd = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return;
  const timeval patience{1, 0};
  ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
  // The end of an abstract name is the end of the address.
  const auto length = static_cast<socklen_t>(
      is_abstract ? offsetof(sockaddr_un, sun_path) + size : sizeof(address));
  // A manager that is not there is told nothing; that changes nothing for us.
  [[maybe_unused]] const ssize_t ignored =
      ::sendto(fd, message.data(), message.size(), MSG_NOSIGNAL,
               reinterpret_cast<const sockaddr*>(&address), length);
  ::close(fd);
}

void ServiceManager::ready(std::string_view status) const {
  tell(fmt::format("READY=1\nSTATUS={}", status));
}

void ServiceManager::reloading() const {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  const auto since_boot = std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
  tell(fmt::format("RELOADING=1\nMONOTONIC_USEC={}\nSTATUS=reloading", micros(since_boot)));
}

void ServiceManager::stopping(Duration time) const {
  tell(fmt::format("STOPPING=1\nEXTEND_TIMEOUT_USEC={}\nSTATUS=waits for what runs", micros(time)));
}

}  // namespace owpool::daemon
