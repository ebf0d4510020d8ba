// What the administrator may ask of a running daemon, over DIR/admin.sock: whoever may use
// the state directory is one. Routes answer JSON; they show, and decide nothing about
// containers.
#ifndef OWPOOLD_ADMIN_ADMIN_H_
#define OWPOOLD_ADMIN_ADMIN_H_

#include "absl/status/statusor.h"
#include "http/server.h"
#include "owpool/pool_driver.h"

namespace owpool::daemon {

// What the routes work with. All outlive the Admin.
struct AdminContext {
  const PoolDriver& driver;
  const MonotonicClock& clock;
};

// Thread-safe.
class Admin {
 public:
  explicit Admin(AdminContext context) : context_(context) {}

  // An error is answered as {"error": …} with OpenWhisk's status codes.
  http::Response handle(const http::Request& request) const;

 private:
  absl::StatusOr<http::Response> dispatch(const http::Request& request) const;

  AdminContext context_;
};

}  // namespace owpool::daemon

#endif  // OWPOOLD_ADMIN_ADMIN_H_
