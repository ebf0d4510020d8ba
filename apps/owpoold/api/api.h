// OpenWhisk's REST API over a pool: which request is whose, and who may make it.
#ifndef OWPOOLD_API_API_H_
#define OWPOOLD_API_API_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/server.h"
#include "owpoold/access/authenticator.h"
#include "owpoold/api/action_input.h"
#include "owpoold/invoke/invoker.h"
#include "owpoold/config/manifest.h"
#include "owpoold/operation/operation_routes.h"
#include "owpoold/records/store.h"

namespace owpool::daemon {

// What the routes work with. All outlive the Api.
struct ApiContext {
  Store& store;
  ActionCache& actions;
  Invoker& invoker;
  const Manifest& manifest;
  const Namespaces& namespaces;
  Authenticator& authenticator;
  ActivationMetrics& metrics;
  ByteSize user_memory;  // Of the pool, for messages.
  const OperationRoutes& operation;
  std::function<std::int64_t()> unix_millis;
  // Of actions, as they are by now.
  std::function<LimitRanges()> limits = [] { return LimitRanges(); };
};

// A request on its way through the routes.
struct Call {
  const http::Request& request;
  std::string transaction_id;
  // What stands in the path for the "{…}" of its route, but for the namespace.
  std::vector<std::string> names = {};
  Caller caller = {};  // If the route needs a key; else of nobody.

  const NamespaceId& owner() const { return caller.home->id; }
};

// Thread-safe.
class Api {
 public:
  explicit Api(ApiContext context) : context_(std::move(context)) {}

  http::Response handle(const http::Request& request) const;

  // Of any request. An action's code may grow to twice its size when it is written
  // as a JSON string.
  static constexpr ByteSize kBodyMax = ByteSize::mebibytes(2 * 48 + 1);

  // http::Server's ErrorHandler, for requests that never get as far.
  static http::Response rejected(int status, std::string_view reason);
  // http::Server's BodyLimit. Who has no key cannot make us read much.
  ByteSize bodyLimit(const http::Request& request) const;

 private:
  // Sets the caller of "call", unless it fails.
  std::optional<Authenticator::Failure> authenticate(Call& call) const;
  // Below /api/v1, "segments" being what follows, and everything else. No empty segments.
  absl::StatusOr<http::Response> dispatch(Call call,
                                          const std::vector<std::string>& segments) const;
  absl::StatusOr<http::Response> dispatchPage(const Call& call,
                                              const std::vector<std::string>& segments) const;

  ApiContext context_;
};

}  // namespace owpool::daemon

#endif  // OWPOOLD_API_API_H_
