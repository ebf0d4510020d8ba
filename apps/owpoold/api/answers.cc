#include "owpoold/api/answers.h"

#include <charconv>
#include <utility>

#include "fmt/format.h"
#include "owpoold/api/shapes.h"

namespace owpool::daemon {
namespace {

int httpStatusOf(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kInvalidArgument: return 400;
    case absl::StatusCode::kPermissionDenied: return 403;
    case absl::StatusCode::kNotFound: return 404;
    case absl::StatusCode::kOutOfRange: return 405;
    case absl::StatusCode::kAlreadyExists: return 409;
    case absl::StatusCode::kResourceExhausted: return 413;
    case absl::StatusCode::kUnimplemented: return 501;
    case absl::StatusCode::kUnavailable: return 503;
    default: return 500;
  }
}

}  // namespace

http::Response errorAnswer(int status, std::string_view message,
                           std::string_view transaction_id) {
  return jsonAnswer(errorJson(message, transaction_id), status);
}

http::Response errorAnswer(const absl::Status& status, std::string_view transaction_id) {
  return errorAnswer(httpStatusOf(status.code()), std::string(status.message()), transaction_id);
}

http::Response jsonAnswer(std::string body, int status) {
  http::Response response;
  response.status = status;
  response.body = std::move(body);
  return response;
}

http::Response textAnswer(std::string body) {
  http::Response response;
  response.body = std::move(body);
  response.content_type = "text/plain; charset=utf-8";
  return response;
}

absl::Status notFound() {
  return absl::NotFoundError("The requested resource does not exist.");
}

absl::Status methodNotAllowed(std::string_view supported) {
  return absl::OutOfRangeError(
      fmt::format("HTTP method not allowed, supported methods: {}", supported));
}

absl::StatusOr<bool> queryFlag(const http::Request& request, const std::string& name) {
  const auto found = request.query.find(name);
  if (found == request.query.end() || found->second == "false") return false;
  if (found->second == "true") return true;
  return absl::InvalidArgumentError(
      fmt::format("The query parameter '{}' was malformed:\n'{}' is not a valid Boolean value",
                  name, found->second));
}

absl::StatusOr<std::optional<std::int64_t>> queryInteger(const http::Request& request,
                                                         const std::string& name) {
  const auto found = request.query.find(name);
  if (found == request.query.end()) return std::optional<std::int64_t>();
  const std::string& text = found->second;
  std::int64_t value = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || rest != text.data() + text.size()) {
    return absl::InvalidArgumentError(
        fmt::format("The query parameter '{}' was malformed:\n'{}' is not a valid 64-bit signed "
                    "integer value", name, text));
  }
  return std::optional<std::int64_t>(value);
}

absl::StatusOr<Page> queryPage(const http::Request& request, std::string_view collection) {
  constexpr std::int64_t kLimitMax = 200;
  Page page;
  const auto limit = queryInteger(request, "limit");
  if (!limit.ok()) return limit.status();
  page.limit = limit->value_or(page.limit);
  if (page.limit < 0 || page.limit > kLimitMax) {
    return absl::InvalidArgumentError(
        fmt::format("The value '{}' is not in the range of 0 to {} for {}.", page.limit, kLimitMax,
                    collection));
  }
  if (page.limit == 0) page.limit = kLimitMax;
  const auto skip = queryInteger(request, "skip");
  if (!skip.ok()) return skip.status();
  page.skip = skip->value_or(0);
  if (page.skip < 0) {
    return absl::InvalidArgumentError(fmt::format(
        "The value '{}' is not greater than or equal to 0 for {}.", page.skip, collection));
  }
  return page;
}

}  // namespace owpool::daemon
