#include "owpoold/api/api.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "fmt/format.h"
#include "owpoold/api/answers.h"
#include "owpoold/support/json_text.h"
#include "owpoold/operation/log.h"
#include "owpoold/support/random.h"
#include "owpoold/api/routes.h"
#include "owpoold/api/shapes.h"

namespace owpool::daemon {
namespace {

// The client's, if it is fit to be repeated in headers and logs; not one of the
// system's own, which begin with "sid_".
std::string transactionId(const http::Request& request) {
  constexpr std::size_t kLengthMax = 128;
  std::string given = request.header("X-Request-ID").value_or("");
  const bool printable = std::all_of(given.begin(), given.end(), [](char c) {
    return absl::ascii_isgraph(static_cast<unsigned char>(c));
  });
  if (!given.empty() && given.size() <= kLengthMax && printable && given.rfind("sid_", 0) != 0) {
    return given;
  }
  return randomLettersAndDigits(32);
}

void addHeaders(http::Response& response, const std::string& transaction_id) {
  response.headers.push_back({"X-Request-ID", transaction_id});
  response.headers.push_back({"X-Content-Type-Options", "nosniff"});
}

// OpenWhisk allows scripts of any site to call its API; they need the key for it.
void addCorsHeaders(http::Response& response) {
  response.headers.push_back({"Access-Control-Allow-Origin", "*"});
  response.headers.push_back(
      {"Access-Control-Allow-Headers",
       "Authorization, Origin, X-Requested-With, Content-Type, Accept, User-Agent"});
  response.headers.push_back({"Access-Control-Allow-Methods", "GET, DELETE, POST, PUT, HEAD"});
}

http::Response unauthorized(Authenticator::Failure failure, std::string_view transaction_id) {
  if (failure == Authenticator::Failure::TooMany) {
    http::Response response =
        errorAnswer(429, "Too many requests with an invalid authentication.", transaction_id);
    response.headers.push_back({"Retry-After", "60"});
    return response;
  }
  http::Response response = errorAnswer(
      401,
      failure == Authenticator::Failure::Missing
          ? "The resource requires authentication, which was not supplied with the request"
          : "The supplied authentication is invalid",
      transaction_id);
  response.headers.push_back(
      {"WWW-Authenticate", "Basic realm=\"OpenWhisk secure realm\",charset=UTF-8"});
  return response;
}

// OpenWhisk names the namespace and, if there is one, what is asked for of it.
absl::Status notAuthorized(const std::vector<std::string>& path) {
  constexpr std::size_t kNamespaceAt = 3;
  constexpr std::size_t kEntityAt = 5;
  std::string resource = path[kNamespaceAt];
  for (std::size_t i = kEntityAt; i < path.size(); ++i) resource += "/" + path[i];
  return absl::PermissionDeniedError(
      fmt::format("The supplied authentication is not authorized to access '{}'.", resource));
}

bool isReading(const http::Request& request) {
  return request.method == "GET" || request.method == "HEAD";
}

// Packages, triggers and rules: clients list them, and find none.
absl::StatusOr<http::Response> emptyCollection(const Call& call, const std::string& name) {
  if (!isReading(call.request)) {
    return absl::UnimplementedError(fmt::format("This server has no {}.", name));
  }
  if (!call.path.empty()) return notFound();
  const auto count = queryFlag(call.request, "count");
  if (!count.ok()) return count.status();
  return jsonAnswer(*count ? ObjectText().integer(name, 0).text() : "[]");
}

std::vector<std::string> withoutEmpty(std::vector<std::string> segments) {
  segments.erase(std::remove(segments.begin(), segments.end(), ""), segments.end());
  return segments;
}

bool isApi(const std::vector<std::string>& segments) {
  return segments.size() >= 2 && segments[0] == "api" && segments[1] == "v1";
}

}  // namespace

http::Response Api::handle(const http::Request& request) const {
  Call call{request, transactionId(request), withoutEmpty(request.segments), {}};
  const bool is_api = isApi(call.path);
  http::Response response;
  if (is_api && request.method == "OPTIONS") {
    response = textAnswer("");
  } else {
    std::optional<Authenticator::Failure> failure;
    if (is_api && call.path.size() > 2) failure = authenticate(call);
    if (failure) {
      response = unauthorized(*failure, call.transaction_id);
    } else if (auto answer = dispatch(call); answer.ok()) {
      response = *std::move(answer);
    } else {
      response = errorAnswer(answer.status(), call.transaction_id);
    }
  }
  if (response.status == 500) {
    log(LogLevel::Error, "request failed",
        {{"transaction", call.transaction_id}, {"method", request.method}, {"path", request.path}});
  }
  addHeaders(response, call.transaction_id);
  if (is_api) addCorsHeaders(response);
  return response;
}

std::optional<Authenticator::Failure> Api::authenticate(Call& call) const {
  auto verdict = context_.authenticator.check(call.request.header("Authorization"),
                                              call.request.remote_address, context_.unix_millis());
  if (const auto* failure = std::get_if<Authenticator::Failure>(&verdict)) return *failure;
  call.caller = std::get<Caller>(std::move(verdict));
  return std::nullopt;
}

absl::StatusOr<http::Response> Api::dispatch(const Call& call) const {
  const std::vector<std::string>& path = call.path;
  if (isApi(path) && path.size() > 2) {
    if (path[2] != "namespaces") return notFound();
    return dispatchNamespace(call);
  }
  const bool is_operation = OperationRoutes::serves(path);
  const bool is_known = path.empty() || isApi(path) || is_operation ||
                        (path.size() == 1 && path[0] == "ping");
  if (!is_known) return notFound();
  if (!isReading(call.request)) return methodNotAllowed("GET");
  if (path.empty()) {
    return jsonAnswer(serverInfoJson(context_.manifest, context_.limits,
                                     context_.namespaces.defaultLimits()));
  }
  if (isApi(path)) return jsonAnswer(apiInfoJson());
  if (is_operation) return context_.operation.answer(call.request, path);
  return textAnswer("pong");
}

// /api/v1/namespaces…
absl::StatusOr<http::Response> Api::dispatchNamespace(const Call& call) const {
  constexpr std::size_t kNamespaceAt = 3;
  constexpr std::size_t kCollectionAt = 4;
  const std::vector<std::string>& path = call.path;
  if (path.size() == kNamespaceAt) {
    if (!isReading(call.request)) return methodNotAllowed("GET");
    return jsonAnswer(arrayText(std::vector<std::string>{json::quote(call.owner().name)}));
  }
  if (path[kNamespaceAt] != "_" && path[kNamespaceAt] != call.owner().name) {
    return notAuthorized(path);
  }
  if (path.size() == kCollectionAt) return notFound();

  const std::string& collection = path[kCollectionAt];
  const Call inner{call.request, call.transaction_id,
                   std::vector<std::string>(path.begin() + kCollectionAt + 1, path.end()),
                   call.caller};
  if (collection == "actions") return actionRoutes(context_, inner);
  if (collection == "activations") return activationRoutes(context_, inner);
  if (collection == "limits" && inner.path.empty()) {
    if (!isReading(call.request)) return methodNotAllowed("GET");
    return jsonAnswer(limitsJson(context_.namespaces.limitsOf(*call.caller.home)));
  }
  if (collection == "packages" || collection == "triggers" || collection == "rules") {
    return emptyCollection(inner, collection);
  }
  return notFound();
}

http::Response Api::rejected(int status, std::string_view reason) {
  const std::string transaction_id = randomLettersAndDigits(32);
  http::Response response = errorAnswer(status, reason, transaction_id);
  addHeaders(response, transaction_id);
  return response;
}

ByteSize Api::bodyLimit(const http::Request& request) const {
  const bool may_put_code =
      request.method == "PUT" && context_.authenticator.isRight(request.header("Authorization"));
  return may_put_code ? kBodyMax : ByteSize::mebibytes(1);
}

}  // namespace owpool::daemon
