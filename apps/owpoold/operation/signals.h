#ifndef OWPOOLD_OPERATION_SIGNALS_H_
#define OWPOOLD_OPERATION_SIGNALS_H_

#include "absl/status/statusor.h"

namespace owpool::daemon {

// SIGTERM and SIGINT as something that a thread can wait for. They are caught, not
// blocked, since children would inherit a blocked signal. SIGPIPE is ignored. One
// at a time in a process.
class Signals {
 public:
  static absl::StatusOr<Signals> install();
  Signals(Signals&& other) noexcept;
  Signals& operator=(Signals&&) = delete;
  ~Signals();

  // Blocks until the next SIGTERM or SIGINT: true; or until stopWaiting(): false.
  // By one thread at a time.
  bool wait() const;
  void stopWaiting() const;

 private:
  explicit Signals(int read_fd) : read_fd_(read_fd) {}
  int read_fd_;
};

}  // namespace owpool::daemon

#endif  // OWPOOLD_OPERATION_SIGNALS_H_
