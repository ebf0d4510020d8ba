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
  if (path.size() == 1 && path[0] == "containers") return containersRoute(context_, request);
  return notFound();
}

}  // namespace owpool::daemon
