// The terminal of standard input and output.
#ifndef OWPOOLCTL_TERMINAL_H_
#define OWPOOLCTL_TERMINAL_H_

#include <termios.h>

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"
#include "owpool/units.h"

namespace owpool::ctl {

struct TerminalSize {
  std::size_t columns = 80;
  std::size_t rows = 24;
};
// Of standard output; 80 x 24 if that is no terminal.
TerminalSize terminalSize();

// Takes the whole screen for as long as it lives: keys come one by one and are not shown,
// what was on the screen is back afterwards. Signals that end a program (interrupt, hang-up,
// termination) are caught meanwhile, so that the terminal is restored whatever happens.
// One at a time.
class FullScreen {
 public:
  // Fails if standard input or output is no terminal.
  static absl::StatusOr<FullScreen> open();
  FullScreen(FullScreen&& other) noexcept;
  FullScreen& operator=(FullScreen&&) = delete;
  ~FullScreen();

  // Replaces what is on the screen. Each line has at most as many columns as it.
  void show(const std::string& frame);

  enum class Woken { Time, Resized, Quit };
  // Until the time is over, the size has changed, or somebody wants to leave: the key q,
  // ^C, a signal, the end of standard input.
  Woken wait(Duration timeout);

 private:
  explicit FullScreen(const termios& before) : before_(before) {}
  termios before_;
  bool is_open_ = true;
};

}  // namespace owpool::ctl

#endif  // OWPOOLCTL_TERMINAL_H_
