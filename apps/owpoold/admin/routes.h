// The routes of the admin socket. Each is told the whole request; its method is among
// those that the comment names.
#ifndef OWPOOLD_ADMIN_ROUTES_H_
#define OWPOOLD_ADMIN_ROUTES_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "http/server.h"
#include "owpoold/admin/admin.h"

namespace owpool::daemon {

// GET /containers: all of them, by id.
absl::StatusOr<http::Response> containersRoute(const AdminContext& context);

// GET /stats: what a live view shows. "started" is when the daemon did.
absl::StatusOr<http::Response> statsRoute(const AdminContext& context, TimePoint started);

// An activation's id as users write it: whole, or at least 6 of its first digits if only one
// of those that the decision log remembers begins so.
absl::StatusOr<ActivationId> activationIdOf(const DecisionLog& decisions,
                                            const std::string& text);

// GET /activations/ID: its story (story_json.h); if that is forgotten what its record
// tells, as {"id", "action", …, "record": {…}}.
absl::StatusOr<http::Response> activationRoute(const AdminContext& context,
                                               const std::string& id);

// GET /logs?action=&activation=: the last lines ("tail", else all that are remembered); with
// "after" what follows that one, waiting "wait_ms" for it. The answer's "next" is to be the
// next "after". Of an activation whose lines are forgotten: what its record has.
absl::StatusOr<http::Response> logsRoute(const AdminContext& context, const http::Request& request);

// GET /namespaces: all, each with its own limits (null: the daemon's default).
// POST /namespaces {"name"} and POST /namespaces/NAME/key: the answer has the new "key".
// DELETE /namespaces/NAME?with_actions=
// GET, PUT /namespaces/NAME/limits: what a PUT does not name stays.
absl::StatusOr<http::Response> namespaceRoutes(const AdminContext& context,
                                               const http::Request& request);

// The record of an activation, of whatever namespace; nullopt: there is none.
absl::StatusOr<std::optional<ActivationRecord>> findRecord(const AdminContext& context,
                                                           ActivationId id);

}  // namespace owpool::daemon

#endif  // OWPOOLD_ADMIN_ROUTES_H_
