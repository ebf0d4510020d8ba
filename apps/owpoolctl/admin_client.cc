#include "owpoolctl/admin_client.h"

#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <variant>

#include "absl/status/status.h"
#include "fmt/format.h"
#include "http/client.h"

namespace owpool::ctl {
namespace {

absl::Status whyNotConnected(const std::string& socket) {
  struct stat found {};
  if (socket.size() >= sizeof(sockaddr_un::sun_path)) {
    return absl::UnavailableError(
        fmt::format("{}: the path is too long for a socket: {} characters, {} may be", socket,
                    socket.size(), sizeof(sockaddr_un::sun_path) - 1));
  }
  if (::stat(socket.c_str(), &found) != 0) {
    const int error = errno;
    if (error == ENOENT || error == ENOTDIR) {
      return absl::UnavailableError(fmt::format(
          "owpoold is not running: there is no {}; --state-dir says where another one is",
          socket));
    }
    return absl::UnavailableError(
        fmt::format("{}: {}; owpoold and owpoolctl must be the same user's", socket,
                    std::generic_category().message(error)));
  }
  if (!S_ISSOCK(found.st_mode)) {
    return absl::UnavailableError(fmt::format("{}: is not a socket", socket));
  }
  if (::access(socket.c_str(), W_OK) != 0) {
    return absl::UnavailableError(
        fmt::format("{}: {}: it belongs to user {}; run owpoolctl as that user or as root", socket,
                    std::generic_category().message(errno), found.st_uid));
  }
  return absl::UnavailableError(fmt::format(
      "owpoold is not running: nobody answers at {}, which it left behind", socket));
}

absl::Status failure(const std::string& socket, http::ClientFailure failure) {
  switch (failure) {
    case http::ClientFailure::NotConnected: return whyNotConnected(socket);
    case http::ClientFailure::NoResponse:
    case http::ClientFailure::ConnectionLost:
      return absl::UnavailableError(fmt::format("owpoold ended meanwhile ({})", socket));
    case http::ClientFailure::TimedOut: break;
  }
  return absl::UnavailableError(fmt::format("{}: owpoold did not answer in time", socket));
}

absl::Status errorOf(int status, const json::Value& answer) {
  const auto error = answer.member("error");
  std::string text = error ? error->asString().value_or("") : "";
  if (text.empty()) text = fmt::format("the daemon answered with status {}", status);
  switch (status) {
    case 404: return absl::NotFoundError(text);
    case 400: return absl::InvalidArgumentError(text);
    default: return absl::FailedPreconditionError(text);
  }
}

}  // namespace

absl::StatusOr<json::Value> AdminClient::get(const std::string& target, Duration timeout) const {
  return send("GET", target, "", timeout);
}

absl::StatusOr<json::Value> AdminClient::send(const std::string& method, const std::string& target,
                                              const std::string& body, Duration timeout) const {
  http::ClientRequest request;
  request.method = method;
  request.target = target;
  request.body = body;
  request.timeout = timeout;
  request.body_max = ByteSize::mebibytes(64);
  auto exchanged = http::exchange("unix:" + socket_, request);
  if (const auto* failed = std::get_if<http::ClientFailure>(&exchanged)) {
    return failure(socket_, *failed);
  }
  auto& response = std::get<http::ClientResponse>(exchanged);
  auto answer = json::parse(std::move(response.body));
  if (!answer.ok() || !answer->isObject()) {
    return absl::FailedPreconditionError(
        fmt::format("{}: what answers there is not owpoold", socket_));
  }
  if (response.status != 200) return errorOf(response.status, *answer);
  return answer;
}

}  // namespace owpool::ctl
