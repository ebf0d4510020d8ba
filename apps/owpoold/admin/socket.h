// Where owpoold and owpoolctl meet.
#ifndef OWPOOLD_ADMIN_SOCKET_H_
#define OWPOOLD_ADMIN_SOCKET_H_

#include <string>

#include "absl/status/status.h"
#include "http/server.h"

namespace owpool::daemon {

// DIR/admin.sock.
std::string adminSocketPath(const std::string& state_dir);

// Serves on that socket. One that a killed daemon left behind is replaced. REQUIRES: the
// state directory is locked by this process, so that nobody else serves there.
absl::Status startAdminServer(http::Server& server, const std::string& state_dir);

}  // namespace owpool::daemon

#endif  // OWPOOLD_ADMIN_SOCKET_H_
