// Which connections wait for their client: those that can be closed without breaking
// off anything that the server is doing.
#ifndef OWPOOL_HTTP_CLIENT_WAITS_H_
#define OWPOOL_HTTP_CLIENT_WAITS_H_

#include <chrono>
#include <map>
#include <mutex>

namespace owpool::http {

// Thread-safe.
class ClientWaits {
 public:
  enum class For {
    Request,  // Nothing of it is there yet: closed when the server stops.
    Bytes,    // Of a request that has begun, or for its answer to be taken.
  };

  // Nobody loses a connection who has been waited for less than "patience": so long
  // a client that means well may take, however full the server is.
  explicit ClientWaits(std::chrono::milliseconds patience) : patience_(patience) {}

  // From now on the connection waits. False, and it does not, if it is for a request
  // and the server is stopping.
  bool enter(int fd, For what);
  // Before the socket is closed. Idempotent.
  void leave(int fd);

  // Shuts down the connection that has waited longest, so that its thread ends soon.
  void closeLongest();

  // Shuts down those that wait for a request.
  void stop();
  bool stopping() const;

 private:
  struct Wait {
    For what;
    std::chrono::steady_clock::time_point since;
  };

  const std::chrono::milliseconds patience_;
  mutable std::mutex mutex_;
  bool stopping_ = false;
  std::map<int, Wait> waits_;  // By socket.
};

// Waits from here to the end of the block.
class ScopedWait {
 public:
  ScopedWait(ClientWaits& waits, int fd, ClientWaits::For what)
      : waits_(waits), fd_(fd), what_(what), entered_(waits.enter(fd, what)) {}
  ~ScopedWait() { waits_.leave(fd_); }
  ScopedWait(const ScopedWait&) = delete;
  ScopedWait& operator=(const ScopedWait&) = delete;

  // What enter() said.
  bool entered() const { return entered_; }
  // The client has done its part: its wait begins anew.
  void renew() { waits_.enter(fd_, what_); }

 private:
  ClientWaits& waits_;
  const int fd_;
  const ClientWaits::For what_;
  const bool entered_;
};

}  // namespace owpool::http

#endif  // OWPOOL_HTTP_CLIENT_WAITS_H_
