// The routes of the admin socket. Each is told the whole request and checks its method.
#ifndef OWPOOLD_ADMIN_ROUTES_H_
#define OWPOOLD_ADMIN_ROUTES_H_

#include "absl/status/statusor.h"
#include "http/server.h"
#include "owpoold/admin/admin.h"

namespace owpool::daemon {

// GET /containers
absl::StatusOr<http::Response> containersRoute(const AdminContext& context,
                                               const http::Request& request);

}  // namespace owpool::daemon

#endif  // OWPOOLD_ADMIN_ROUTES_H_
