#include "owpoold/api/api.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "fmt/format.h"
#include "owpoold/api/answers.h"
#include "owpoold/operation/log.h"
#include "owpoold/support/random.h"
#include "owpoold/api/route_table.h"
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
  constexpr std::size_t kNamespaceAt = 1;
  constexpr std::size_t kEntityAt = 3;
  std::string resource = path[kNamespaceAt];
  for (std::size_t i = kEntityAt; i < path.size(); ++i) resource += "/" + path[i];
  return absl::PermissionDeniedError(
      fmt::format("The supplied authentication is not authorized to access '{}'.", resource));
}

bool isReading(const http::Request& request) {
  return request.method == "GET" || request.method == "HEAD";
}

std::vector<std::string> withoutEmpty(std::vector<std::string> segments) {
  segments.erase(std::remove(segments.begin(), segments.end(), ""), segments.end());
  return segments;
}

bool isApi(const std::vector<std::string>& segments) {
  return segments.size() >= 2 && segments[0] == "api" && segments[1] == "v1";
}

// What describes the API needs no key. Web actions need none either, where there are some.
bool isOpen(const std::vector<std::string>& segments) {
  return segments.empty() || segments[0] == "api-docs" || segments[0] == "docs" ||
         segments[0] == "web";
}

// What OpenWhisk's clients may ask for and will not get; OK if it is nothing of that.
absl::Status unsupported(const http::Request& request, const std::vector<std::string>& segments) {
  if (segments.empty()) return absl::OkStatus();
  if (segments[0] == "web") {
    return absl::InvalidArgumentError("Web actions are not supported by this server.");
  }
  if (segments.size() < 3 || isReading(request)) return absl::OkStatus();
  if (segments[2] == "packages") {
    return absl::UnimplementedError(
        "Packages are not made by themselves on this server: a package is there while an action "
        "PACKAGE/NAME is, and has no parameters or annotations.");
  }
  if (segments[2] == "triggers" || segments[2] == "rules") {
    return absl::UnimplementedError(fmt::format("This server has no {}.", segments[2]));
  }
  return absl::OkStatus();
}

}  // namespace

http::Response Api::handle(const http::Request& request) const {
  Call call{request, transactionId(request)};
  std::vector<std::string> segments = withoutEmpty(request.segments);
  const bool is_api = isApi(segments);
  if (is_api) segments.erase(segments.begin(), segments.begin() + 2);
  http::Response response;
  std::string problem;
  if (is_api && request.method == "OPTIONS") {
    response = textAnswer("");
  } else {
    std::optional<Authenticator::Failure> failure;
    if (is_api && !isOpen(segments)) failure = authenticate(call);
    if (failure) {
      response = unauthorized(*failure, call.transaction_id);
    } else if (auto answer = is_api ? dispatch(call, segments) : dispatchPage(call, segments);
               answer.ok()) {
      response = *std::move(answer);
    } else {
      problem = std::string(answer.status().message());
      response = errorAnswer(answer.status(), call.transaction_id);
    }
  }
  if (response.status == 500 && !problem.empty()) {
    log(LogLevel::Error, "request failed",
        {{"transaction", call.transaction_id}, {"method", request.method}, {"path", request.path},
         {"error", problem}});
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

absl::StatusOr<http::Response> Api::dispatch(Call call,
                                             const std::vector<std::string>& segments) const {
  const bool in_namespace = segments.size() > 1 && segments[0] == "namespaces";
  if (in_namespace && segments[1] != "_" && segments[1] != call.owner().name) {
    return notAuthorized(segments);
  }
  const std::string& method = call.request.method;
  const bool ends_in_slash = absl::EndsWith(call.request.path, "/");
  std::vector<std::string> methods;
  bool is_slashed = false;  // A path with the slash has routes of its own, and no others.
  for (const Route& route : routeTable()) {
    auto names = matchRoute(route.path, segments, ends_in_slash);
    if (!names) continue;
    const bool wants_slash = absl::EndsWith(std::string(route.path), "/");
    if (is_slashed && !wants_slash) continue;
    is_slashed = wants_slash;
    if (route.method == method || (route.method == "GET" && method == "HEAD")) {
      if (in_namespace) names->erase(names->begin());
      call.names = *std::move(names);
      return route.answer(context_, call);
    }
    methods.push_back(std::string(route.method));
  }
  if (auto status = unsupported(call.request, segments); !status.ok()) return status;
  if (methods.empty()) return notFound();
  return methodNotAllowed(fmt::format("{}", fmt::join(methods, ", ")));
}

// What everybody may read.
absl::StatusOr<http::Response> Api::dispatchPage(const Call& call,
                                                 const std::vector<std::string>& segments) const {
  const bool is_operation = OperationRoutes::serves(segments);
  const bool is_ping = segments == std::vector<std::string>{"ping"};
  if (!segments.empty() && !is_operation && !is_ping) return notFound();
  if (!isReading(call.request)) return methodNotAllowed("GET");
  if (segments.empty()) {
    return jsonAnswer(serverInfoJson(context_.manifest, context_.limits(),
                                     context_.namespaces.defaultLimits()));
  }
  if (is_operation) return context_.operation.answer(call.request, segments);
  return textAnswer("pong");
}

http::Response Api::rejected(int status, std::string_view reason) {
  const std::string transaction_id = randomLettersAndDigits(32);
  http::Response response = errorAnswer(status, reason, transaction_id);
  addHeaders(response, transaction_id);
  addCorsHeaders(response);
  return response;
}

ByteSize Api::bodyLimit(const http::Request& request) const {
  const bool may_put_code =
      request.method == "PUT" && context_.authenticator.isRight(request.header("Authorization"));
  return may_put_code ? kBodyMax : ByteSize::mebibytes(1);
}

}  // namespace owpool::daemon
