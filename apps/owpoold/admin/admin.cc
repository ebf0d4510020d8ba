#include "owpoold/admin/admin.h"

#include <string>
#include <vector>

#include "owpoold/admin/routes.h"
#include "owpoold/api/answers.h"

namespace owpool::daemon {

http::Response Admin::handle(const http::Request& request) const {
  auto answer = dispatch(request);
  return answer.ok() ? *std::move(answer) : errorAnswer(answer.status(), "");
}

absl::StatusOr<http::Response> Admin::dispatch(const http::Request& request) const {
  const std::vector<std::string>& path = request.segments;
  if (!path.empty() && path[0] == "namespaces") return namespaceRoutes(context_, request);
  const bool is_one = path.size() == 1;
  const bool is_known = (is_one && (path[0] == "containers" || path[0] == "stats" ||
                                    path[0] == "logs")) ||
                        (path.size() == 2 && path[0] == "activations");
  if (!is_known) return notFound();
  if (request.method != "GET") return methodNotAllowed("GET");
  if (!is_one) return activationRoute(context_, path[1]);
  if (path[0] == "containers") return containersRoute(context_);
  if (path[0] == "stats") return statsRoute(context_, started_);
  return logsRoute(context_, request);
}

}  // namespace owpool::daemon
