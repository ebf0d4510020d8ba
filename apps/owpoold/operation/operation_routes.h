#ifndef OWPOOLD_OPERATION_OPERATION_ROUTES_H_
#define OWPOOLD_OPERATION_OPERATION_ROUTES_H_

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "http/server.h"
#include "owpoold/config/options.h"
#include "owpoold/operation/health_board.h"
#include "owpoold/operation/metrics_text.h"

namespace owpool::daemon {

// What is served about the daemon itself, without a key: /livez, /readyz, their single
// checks, /metrics. Thread-safe.
class OperationRoutes {
 public:
  struct Deps {
    const HealthBoard& board;
    // Beside what is on the board: the checks of whoever writes on it.
    std::function<std::vector<HealthBoard::Entry>()> more_checks;
    std::function<Measurements()> measure;
    MetricsCompat compat = MetricsCompat::None;
  };
  explicit OperationRoutes(Deps deps) : deps_(std::move(deps)) {}

  // "path" is a request's, without empty segments.
  static bool serves(const std::vector<std::string>& path);
  // To GET and HEAD. REQUIRES: serves(path).
  http::Response answer(const http::Request& request, const std::vector<std::string>& path) const;

 private:
  Deps deps_;
};

}  // namespace owpool::daemon

#endif  // OWPOOLD_OPERATION_OPERATION_ROUTES_H_
