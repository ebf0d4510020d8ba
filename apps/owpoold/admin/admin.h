// What the administrator may ask of a running daemon, over DIR/admin.sock: whoever may use
// the state directory is one. Routes answer JSON; they show, and decide nothing about
// containers.
#ifndef OWPOOLD_ADMIN_ADMIN_H_
#define OWPOOLD_ADMIN_ADMIN_H_

#include <cstdint>
#include <functional>

#include "absl/status/statusor.h"
#include "http/server.h"
#include "owpool/pool_driver.h"
#include "owpoold/access/namespaces.h"
#include "owpoold/admin/watch.h"
#include "owpoold/records/store.h"

namespace owpool::daemon {

// What the routes work with. All outlive the Admin.
struct AdminContext {
  const PoolDriver& driver;
  const Watch& watch;
  const MonotonicClock& clock;
  PoolConfig config;  // Of the driver's pool.
  std::function<std::int64_t()> unix_millis;
  Namespaces& namespaces;
  Store& store;
};

// Thread-safe.
class Admin {
 public:
  explicit Admin(AdminContext context)
      : context_(std::move(context)), started_(context_.clock.now()) {}

  // An error is answered as {"error": …} with OpenWhisk's status codes.
  http::Response handle(const http::Request& request) const;

 private:
  absl::StatusOr<http::Response> dispatch(const http::Request& request) const;

  AdminContext context_;
  TimePoint started_;
};

}  // namespace owpool::daemon

#endif  // OWPOOLD_ADMIN_ADMIN_H_
