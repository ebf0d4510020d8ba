#include "owpoold/config/default_state_dir.h"

namespace owpool::daemon {

std::string defaultStateDir(const std::string& home, const std::string& xdg_state_home) {
  if (!xdg_state_home.empty()) return xdg_state_home + "/owpool";
  return home.empty() ? "" : home + "/.local/state/owpool";
}

}  // namespace owpool::daemon
