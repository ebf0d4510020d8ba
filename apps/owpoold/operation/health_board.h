#ifndef OWPOOLD_OPERATION_HEALTH_BOARD_H_
#define OWPOOLD_OPERATION_HEALTH_BOARD_H_

#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "http/server.h"

namespace owpool::daemon {

// What is known of the daemon's health, by whoever found it out. Reading it waits for
// nothing, so that probes are answered at once however the daemon is. Thread-safe.
class HealthBoard {
 public:
  // Whether a check is of /livez and /readyz, or of /readyz alone.
  enum class Probe { Live, Ready };
  struct Entry {
    std::string name;
    Probe probe = Probe::Ready;
    std::string problem;  // Empty: it is well. For anybody's eyes: no paths, no names.
  };

  // Every check that there is, in the order in which they are told.
  explicit HealthBoard(std::vector<Entry> entries) : entries_(std::move(entries)) {}

  // REQUIRES: there is such a check.
  void set(std::string_view name, std::string problem);
  // Those of liveness, or all: who is not alive is not ready.
  std::vector<Entry> entries(Probe probe) const;
  bool isLive() const;

 private:
  mutable std::mutex mutex_;
  std::vector<Entry> entries_;
};

// The answer to GET or HEAD /ENDPOINT and /ENDPOINT/CHECK ("check" is then not empty), in
// the way of Kubernetes' API server: "ok", or 503 with a line for each check, [+] or [-];
// with ?verbose always; ?exclude=CHECK, repeatable, leaves a check out of the verdict. A
// check that does not exist is 404. Pure.
http::Response healthAnswer(std::string_view endpoint, std::string_view check,
                            const std::vector<HealthBoard::Entry>& entries,
                            const http::Request& request);

}  // namespace owpool::daemon

#endif  // OWPOOLD_OPERATION_HEALTH_BOARD_H_
