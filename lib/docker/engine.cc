#include "docker/engine.h"

#include <algorithm>
#include <thread>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "docker/api_version.h"
#include "json/json.h"

namespace owpool::docker {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kGonePoll{20};

// Of a query's value; all but what RFC 3986 leaves alone.
std::string percentEncoded(std::string_view text) {
  std::string encoded;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
    encoded += plain ? std::string(1, c) : fmt::format("%{:02X}", byte);
  }
  return encoded;
}

std::string labelFilter(const std::string& label, const std::string& more = "") {
  return percentEncoded(fmt::format("{{\"label\":[{}]{}}}", json::quote(label), more));
}

absl::Status failureStatus(Operation operation, http::ClientFailure failure,
                           const std::string& address, Duration timeout) {
  switch (failure) {
    case http::ClientFailure::NotConnected:
      return absl::UnavailableError(
          fmt::format("the container engine cannot be reached at {}", address));
    case http::ClientFailure::TimedOut:
      return absl::DeadlineExceededError(
          fmt::format("the container engine did not {} within {} ms", nameOf(operation),
                      std::chrono::duration_cast<std::chrono::milliseconds>(timeout).count()));
    case http::ClientFailure::NoResponse:
    case http::ClientFailure::ConnectionLost: break;
  }
  return absl::UnavailableError(
      fmt::format("the container engine broke off while it was to {}", nameOf(operation)));
}

bool aborted(const Patience& patience) {
  return patience.abort != nullptr && patience.abort->load();
}

}  // namespace

Patience patienceFor(Duration duration, const std::atomic<bool>* abort) {
  const Duration bounded = std::min<Duration>(duration, std::chrono::hours(24 * 365));
  return Patience{Clock::now() + bounded, abort};
}

Engine::Engine(std::string address, DockerTimeouts timeouts)
    : address_(std::move(address)), timeouts_(timeouts) {}

Duration Engine::timeoutOf(Operation operation) const {
  switch (operation) {
    case Operation::Ping:
    case Operation::Version: return timeouts_.version;
    case Operation::Create: return timeouts_.create;
    case Operation::Start: return timeouts_.start;
    case Operation::Inspect:
    case Operation::ImageInspect: return timeouts_.inspect;
    case Operation::Pause: return timeouts_.pause;
    case Operation::Unpause: return timeouts_.unpause;
    case Operation::Kill: return timeouts_.kill;
    case Operation::Remove: return timeouts_.remove;
    case Operation::List: return timeouts_.list;
    case Operation::Logs:
    case Operation::Events: return timeouts_.stream;
    case Operation::ImageImport:
    case Operation::ImagePull: return timeouts_.pull;
    case Operation::NetworkCreate:
    case Operation::NetworkInspect:
    case Operation::NetworkRemove: return timeouts_.network;
  }
  return timeouts_.inspect;
}

absl::StatusOr<std::string> Engine::call(Call call, const Patience& patience) const {
  const Duration left = patience.deadline == Clock::time_point::max()
                            ? Duration::max()
                            : Duration(patience.deadline - Clock::now());
  const Duration timeout = std::max(std::min(timeoutOf(call.operation), left), Duration(0));
  http::ClientRequest request;
  request.method = std::move(call.method);
  request.target = (version_.empty() ? "" : "/v" + version_) + call.path;
  request.body = std::move(call.body);
  request.content_type = std::move(call.content_type);
  request.timeout = timeout;
  request.body_max = call.answer_max;
  auto end = http::exchange(address_, request, patience.abort);
  if (const auto* failure = std::get_if<http::ClientFailure>(&end)) {
    return failureStatus(call.operation, *failure, address_, timeout);
  }
  auto& response = std::get<http::ClientResponse>(end);
  if (auto status = engineStatus(call.operation, response.status, response.body); !status.ok()) {
    return status;
  }
  if (response.body_length > std::ssize(response.body)) {
    return absl::UnavailableError(fmt::format(
        "the container engine's answer, when it was to {}, is longer than {} bytes",
        nameOf(call.operation), call.answer_max.count()));
  }
  return std::move(response.body);
}

absl::Status Engine::stream(Operation operation, const std::string& path,
                            const http::BodyStream& body, const std::atomic<bool>* abort) const {
  http::ClientRequest request;
  request.method = "GET";
  request.target = "/v" + version_ + path;
  request.timeout = timeoutOf(operation);
  request.body_max = ByteSize::mebibytes(1);
  const auto end = http::exchangeStream(address_, request, body, abort);
  if (const auto* failure = std::get_if<http::ClientFailure>(&end)) {
    return failureStatus(operation, *failure, address_, request.timeout);
  }
  const auto& response = std::get<http::ClientResponse>(end);
  return engineStatus(operation, response.status, response.body);
}

absl::Status Engine::negotiate() {
  version_.clear();
  auto body = call({Operation::Version, "GET", "/version"}, {});
  if (!body.ok()) return body.status();
  const auto range = parseVersions(*std::move(body));
  if (!range.ok()) return range.status();
  auto version = chooseApiVersion(range->newest, range->oldest);
  if (!version.ok()) return version.status();
  version_ = *std::move(version);
  return absl::OkStatus();
}

absl::Status Engine::ping(const Patience& patience) const {
  return call({Operation::Ping, "GET", "/_ping"}, patience).status();
}

absl::StatusOr<std::string> Engine::create(const std::string& name, const std::string& body,
                                           const Patience& patience) const {
  auto answer = call({Operation::Create, "POST",
                      "/containers/create?name=" + percentEncoded(name), body},
                     patience);
  if (!answer.ok()) return answer.status();
  return parseCreated(*std::move(answer));
}

absl::Status Engine::start(const std::string& id, const Patience& patience) const {
  return call({Operation::Start, "POST", "/containers/" + id + "/start"}, patience).status();
}

absl::StatusOr<ContainerInfo> Engine::inspect(const std::string& id,
                                              const Patience& patience) const {
  auto answer = call({Operation::Inspect, "GET", "/containers/" + id + "/json"}, patience);
  if (!answer.ok()) return answer.status();
  return parseContainer(*std::move(answer));
}

absl::Status Engine::pause(const std::string& id, const Patience& patience) const {
  auto status = call({Operation::Pause, "POST", "/containers/" + id + "/pause"}, patience).status();
  return unlessStateIs("paused", std::move(status), id, patience);
}

absl::Status Engine::unpause(const std::string& id, const Patience& patience) const {
  auto status =
      call({Operation::Unpause, "POST", "/containers/" + id + "/unpause"}, patience).status();
  return unlessStateIs("running", std::move(status), id, patience);
}

absl::Status Engine::unlessStateIs(std::string_view wanted, absl::Status status,
                                   const std::string& id, const Patience& patience) const {
  // No answer in time says nothing about the state that will follow.
  if (status.code() != absl::StatusCode::kFailedPrecondition) return status;
  const auto info = inspect(id, patience);
  if (info.status().code() == absl::StatusCode::kNotFound) return info.status();
  if (!info.ok()) return status;
  if (info->status == wanted) return absl::OkStatus();
  return absl::FailedPreconditionError(
      fmt::format("{}, it is {}", std::string(status.message()), info->status));
}

absl::Status Engine::kill(const std::string& id, const Patience& patience) const {
  return call({Operation::Kill, "POST", "/containers/" + id + "/kill"}, patience).status();
}

absl::Status Engine::remove(const std::string& id, const Patience& patience) const {
  const auto status =
      call({Operation::Remove, "DELETE", "/containers/" + id + "?force=1&v=1"}, patience).status();
  if (status.code() != absl::StatusCode::kAborted) return status;
  return waitUntilGone(id, patience);
}

absl::Status Engine::waitUntilGone(const std::string& id, const Patience& patience) const {
  const auto end = std::min(patience.deadline, Clock::now() + timeouts_.remove);
  for (;;) {
    const auto info = inspect(id, Patience{end, patience.abort});
    if (info.status().code() == absl::StatusCode::kNotFound) return absl::OkStatus();
    if (Clock::now() >= end || aborted(patience)) {
      return absl::DeadlineExceededError(
          "the container engine did not end a removal that is under way");
    }
    std::this_thread::sleep_for(kGonePoll);
  }
}

absl::StatusOr<std::vector<ListedContainer>> Engine::list(const std::string& label,
                                                          const Patience& patience) const {
  Call request{Operation::List, "GET", "/containers/json?all=1&filters=" + labelFilter(label)};
  request.answer_max = ByteSize::mebibytes(64);
  auto answer = call(std::move(request), patience);
  if (!answer.ok()) return answer.status();
  return parseContainerList(*std::move(answer));
}

absl::Status Engine::events(const EventsRequest& request, const std::atomic<bool>* abort) const {
  EventLines lines;
  http::BodyStream body;
  body.idle_timeout = request.silence_max;
  body.on_open = request.on_open;
  body.on_piece = [&](std::string_view piece) {
    for (const EngineEvent& event : lines.feed(piece)) {
      if (!request.on_event(event)) return false;
    }
    return !lines.malformed();
  };
  // Podman does not find "die" under the name by which it tells it: no filter of that.
  const std::string only = R"(,"type":["container"])";
  const auto status = stream(Operation::Events,
                             "/events?filters=" + labelFilter(request.label, only), body, abort);
  if (lines.malformed()) return absl::UnavailableError("the container engine's events are none");
  return status;
}

absl::Status Engine::logs(const LogsRequest& request, const std::atomic<bool>* abort) const {
  LogFrames frames;
  http::BodyStream body;
  body.idle_timeout = request.silence_max;
  body.on_piece = [&](std::string_view piece) {
    for (LogFrame& frame : frames.feed(piece)) {
      if (!request.on_frame(frame)) return false;
    }
    return !frames.malformed();
  };
  std::string path = fmt::format("/containers/{}/logs?stdout=1&stderr=1&timestamps=1&follow={}",
                                 request.id, request.follow ? 1 : 0);
  if (request.since_unix_nanos > 0) {
    constexpr std::int64_t kSecond = 1'000'000'000;
    path += fmt::format("&since={}.{:09}", request.since_unix_nanos / kSecond,
                        request.since_unix_nanos % kSecond);
  }
  const auto status = stream(Operation::Logs, path, body, abort);
  if (frames.malformed()) return absl::UnavailableError("the container engine's log is none");
  return status;
}

absl::Status Engine::inspectImage(const std::string& image, const Patience& patience) const {
  // A name with slashes is a path here.
  return call({Operation::ImageInspect, "GET", "/images/" + image + "/json"}, patience).status();
}

absl::Status Engine::pullImage(const std::string& image, const Patience& patience) const {
  // Without a tag the engine would pull all that there are.
  const std::size_t colon = image.find(':', image.find_last_of('/') + 1);
  const bool has_tag = colon != std::string::npos || image.find('@') != std::string::npos;
  auto answer = call({Operation::ImagePull, "POST",
                      "/images/create?fromImage=" +
                          percentEncoded(has_tag ? image : image + ":latest")},
                     patience);
  if (!answer.ok()) return answer.status();
  return progressStatus(*answer);
}

absl::Status Engine::importImage(const std::string& name, const std::string& change,
                                 std::string tar, const Patience& patience) const {
  Call request{Operation::ImageImport, "POST",
               fmt::format("/images/create?fromSrc=-&repo={}&changes={}", percentEncoded(name),
                           percentEncoded(change)),
               std::move(tar), "application/x-tar"};
  auto answer = call(std::move(request), patience);
  if (!answer.ok()) return answer.status();
  return progressStatus(*answer);
}

absl::Status Engine::createNetwork(const std::string& body, const Patience& patience) const {
  return call({Operation::NetworkCreate, "POST", "/networks/create", body}, patience).status();
}

absl::StatusOr<NetworkInfo> Engine::inspectNetwork(const std::string& name,
                                                   const Patience& patience) const {
  auto answer =
      call({Operation::NetworkInspect, "GET", "/networks/" + percentEncoded(name)}, patience);
  if (!answer.ok()) return answer.status();
  return parseNetwork(*std::move(answer));
}

absl::Status Engine::removeNetwork(const std::string& name, const Patience& patience) const {
  return call({Operation::NetworkRemove, "DELETE", "/networks/" + percentEncoded(name)}, patience)
      .status();
}

}  // namespace owpool::docker
