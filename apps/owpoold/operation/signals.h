#ifndef OWPOOLD_OPERATION_SIGNALS_H_
#define OWPOOLD_OPERATION_SIGNALS_H_

#include <optional>
#include <string_view>

#include "absl/status/statusor.h"

namespace owpool::daemon {

// SIGTERM, SIGINT, SIGHUP and SIGUSR1 as something that a thread can wait for. They are
// caught, not blocked, since children would inherit a blocked signal. SIGPIPE is ignored,
// and so is SIGXFSZ: a write beyond the limit of a file's size fails, and that is all. One
// at a time in a process.
class Signals {
 public:
  static absl::StatusOr<Signals> install();
  Signals(Signals&& other) noexcept;
  Signals& operator=(Signals&&) = delete;
  ~Signals();

  // Blocks until the next signal: its number; or until stopWaiting(): nullopt. They are
  // told in the order in which they came. By one thread at a time.
  std::optional<int> wait() const;
  void stopWaiting() const;

 private:
  explicit Signals(int read_fd) : read_fd_(read_fd) {}
  int read_fd_;
};

// SIGTERM or SIGINT.
bool isEnding(int signal_number);
// "SIGTERM", of those above.
std::string_view signalName(int signal_number);

}  // namespace owpool::daemon

#endif  // OWPOOLD_OPERATION_SIGNALS_H_
