#ifndef OWPOOLD_CONFIG_DEFAULT_STATE_DIR_H_
#define OWPOOLD_CONFIG_DEFAULT_STATE_DIR_H_

#include <string>

namespace owpool::daemon {

// Where the state is if nobody says where: for owpoold and owpoolctl alike. From $HOME and
// $XDG_STATE_HOME, either of which may be empty; empty if both are.
std::string defaultStateDir(const std::string& home, const std::string& xdg_state_home);

}  // namespace owpool::daemon

#endif  // OWPOOLD_CONFIG_DEFAULT_STATE_DIR_H_
