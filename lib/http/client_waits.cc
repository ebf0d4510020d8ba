#include "http/client_waits.h"

#include <algorithm>

#include <sys/socket.h>

namespace owpool::http {

bool ClientWaits::enter(int fd, For what) {
  const auto now = std::chrono::steady_clock::now();
  const std::lock_guard lock(mutex_);
  if (stopping_ && what == For::Request) return false;
  waits_[fd] = Wait{what, now};
  return true;
}

void ClientWaits::leave(int fd) {
  const std::lock_guard lock(mutex_);
  waits_.erase(fd);
}

void ClientWaits::closeLongest() {
  const auto now = std::chrono::steady_clock::now();
  const std::lock_guard lock(mutex_);
  const auto longest =
      std::min_element(waits_.begin(), waits_.end(), [](const auto& a, const auto& b) {
        return a.second.since < b.second.since;
      });
  if (longest == waits_.end() || now - longest->second.since < patience_) return;
  ::shutdown(longest->first, SHUT_RDWR);
  waits_.erase(longest);  // The next one is another.
}

void ClientWaits::stop() {
  const std::lock_guard lock(mutex_);
  stopping_ = true;
  for (const auto& [fd, wait] : waits_) {
    if (wait.what == For::Request) ::shutdown(fd, SHUT_RDWR);
  }
}

bool ClientWaits::stopping() const {
  const std::lock_guard lock(mutex_);
  return stopping_;
}

}  // namespace owpool::http
