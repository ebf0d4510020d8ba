#include "owpoold/api/answers.h"

#include <charconv>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/cord.h"
#include "fmt/format.h"
#include "owpoold/api/shapes.h"

namespace owpool::daemon {
namespace {

constexpr const char* kAllow = "Allow";

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
  http::Response response =
      errorAnswer(httpStatusOf(status.code()), std::string(status.message()), transaction_id);
  if (const auto allow = status.GetPayload(kAllow)) {
    response.headers.push_back({kAllow, std::string(*allow)});
  }
  return response;
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

absl::Status methodNotAllowed(const std::string& supported) {
  auto status =
      absl::OutOfRangeError("HTTP method not allowed, supported methods: " + supported);
  status.SetPayload(kAllow, absl::Cord(supported));
  return status;
}

absl::Status malformedQuery(std::string_view name, std::string_view what) {
  return absl::InvalidArgumentError(
      fmt::format("The query parameter '{}' was malformed:\n{}", name, what));
}

absl::StatusOr<bool> queryFlag(const http::Request& request, const std::string& name,
                               bool fallback) {
  const auto found = request.query.find(name);
  if (found == request.query.end() || found->second.empty()) return fallback;
  const std::string text = absl::AsciiStrToLower(found->second);
  if (text == "true" || text == "yes" || text == "on" || text == "1") return true;
  if (text == "false" || text == "no" || text == "off" || text == "0") return false;
  return malformedQuery(name, fmt::format("'{}' is not a valid Boolean value", found->second));
}

absl::StatusOr<std::optional<std::int64_t>> queryInteger(const http::Request& request,
                                                         const std::string& name,
                                                         std::string_view collection) {
  const auto found = request.query.find(name);
  if (found == request.query.end()) return std::optional<std::int64_t>();
  const std::string& text = found->second;
  std::int64_t value = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || rest != text.data() + text.size()) {
    return malformedQuery(
        name, fmt::format("The value '{}' is not an integer for {}.", text, collection));
  }
  return std::optional<std::int64_t>(value);
}

absl::StatusOr<Page> queryPage(const http::Request& request, std::string_view collection) {
  constexpr std::int64_t kLimitMax = 200;
  Page page;
  const auto limit = queryInteger(request, "limit", collection);
  if (!limit.ok()) return limit.status();
  page.limit = limit->value_or(page.limit);
  if (page.limit < 0 || page.limit > kLimitMax) {
    return malformedQuery(
        "limit", fmt::format("The value '{}' is not in the range of 0 to {} for {}.", page.limit,
                             kLimitMax, collection));
  }
  if (page.limit == 0) page.limit = kLimitMax;
  const auto skip = queryInteger(request, "skip", collection);
  if (!skip.ok()) return skip.status();
  page.skip = skip->value_or(0);
  if (page.skip < 0) {
    return malformedQuery(
        "skip", fmt::format("The value '{}' is not greater than or equal to 0 for {}.", page.skip,
                            collection));
  }
  return page;
}

}  // namespace owpool::daemon
