// Questions to the daemon, over its admin socket.
#ifndef OWPOOLCTL_ADMIN_CLIENT_H_
#define OWPOOLCTL_ADMIN_CLIENT_H_

#include <chrono>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "json/json.h"
#include "owpool/units.h"

namespace owpool::ctl {

class AdminClient {
 public:
  explicit AdminClient(std::string socket) : socket_(std::move(socket)) {}

  // The answer's JSON object. Errors are for people: NOT_FOUND and INVALID_ARGUMENT in the
  // daemon's words, UNAVAILABLE if there is no daemon to be reached, and why.
  absl::StatusOr<json::Value> get(const std::string& target,
                                  Duration timeout = std::chrono::seconds(10)) const;
  // "body" is JSON, or empty.
  absl::StatusOr<json::Value> send(const std::string& method, const std::string& target,
                                   const std::string& body,
                                   Duration timeout = std::chrono::seconds(10)) const;

 private:
  std::string socket_;
};

}  // namespace owpool::ctl

#endif  // OWPOOLCTL_ADMIN_CLIENT_H_
