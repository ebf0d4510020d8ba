#include "owpoold/operation/operation_routes.h"

namespace owpool::daemon {

bool OperationRoutes::serves(const std::vector<std::string>& path) {
  if (path.empty()) return false;
  if (path[0] == "livez" || path[0] == "readyz") return path.size() <= 2;
  return path.size() == 1 && path[0] == "metrics";
}

http::Response OperationRoutes::answer(const http::Request& request,
                                       const std::vector<std::string>& path) const {
  if (path[0] == "metrics") {
    const Measurements measurements = deps_.measure();
    http::Response response;
    response.body = metricsText(measurements);
    if (deps_.compat == MetricsCompat::OpenWhisk) {
      response.body += openwhiskMetricsText(measurements);
    }
    response.content_type = "text/plain; version=0.0.4; charset=utf-8";
    return response;
  }
  const auto probe = path[0] == "livez" ? HealthBoard::Probe::Live : HealthBoard::Probe::Ready;
  auto entries = deps_.board.entries(probe);
  for (auto& entry : deps_.more_checks()) entries.push_back(std::move(entry));
  return healthAnswer(path[0], path.size() > 1 ? path[1] : "", entries, request);
}

}  // namespace owpool::daemon
