// The routes, by collection. Each answers what follows /api/v1/namespaces/NS/…,
// the caller being known and allowed.
#ifndef OWPOOLD_API_ROUTES_H_
#define OWPOOLD_API_ROUTES_H_

#include <string>

#include "absl/status/statusor.h"
#include "http/server.h"
#include "owpoold/api/api.h"

namespace owpool::daemon {

// …/actions and …/actions/[PACKAGE/]NAME: list, get, put, delete.
absl::StatusOr<http::Response> actionRoutes(const ApiContext& context, const Call& call);

// POST …/actions/[PACKAGE/]NAME, in the namespace of the caller.
absl::StatusOr<http::Response> invokeRoute(const ApiContext& context, const Call& call,
                                           const std::string& package, const std::string& name);

// …/activations, …/activations/ID, and below it /result and /logs.
absl::StatusOr<http::Response> activationRoutes(const ApiContext& context, const Call& call);

}  // namespace owpool::daemon

#endif  // OWPOOLD_API_ROUTES_H_
