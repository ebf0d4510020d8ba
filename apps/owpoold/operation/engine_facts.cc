#include "owpoold/operation/engine_facts.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <initializer_list>
#include <optional>
#include <system_error>
#include <variant>

#include "docker/engine_address.h"
#include "fmt/format.h"
#include "http/client.h"
#include "json/json.h"
#include "owpoold/config/docker_options.h"

namespace owpool::daemon {
namespace {

constexpr std::string_view kUnix = "unix:";
constexpr std::chrono::seconds kTimeout{3};

struct EngineAnswer {
  int status = 0;  // 0: there was none.
  std::string body;
};

EngineAnswer get(const std::string& address, const std::string& target) {
  http::ClientRequest request;
  request.method = "GET";
  request.target = target;
  request.timeout = kTimeout;
  request.body_max = ByteSize::mebibytes(1);
  auto answer = http::exchange(address, request);
  const auto* response = std::get_if<http::ClientResponse>(&answer);
  return response == nullptr ? EngineAnswer() : EngineAnswer{response->status, response->body};
}

// The member of a member of …, by a path like "IPAM.Config"; nullopt if it is not there.
std::optional<json::Value> memberAt(std::string text, std::initializer_list<const char*> path) {
  const auto parsed = json::parse(std::move(text));
  if (!parsed.ok()) return std::nullopt;
  std::optional<json::Value> value = *parsed;
  for (const char* name : path) {
    if (value) value = value->member(name);
  }
  return value;
}

std::string textAt(const std::string& text, const char* name) {
  const auto value = memberAt(text, {name});
  return value ? value->asString().value_or("") : "";
}

// Why the socket cannot be connected to: HTTP would only say that it cannot.
absl::Status tryToConnect(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return absl::UnavailableError("there are no sockets left");
  const int error =
      ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0 ? 0 : errno;
  ::close(fd);
  if (error == 0) return absl::OkStatus();
  const std::string why = std::generic_category().message(error);
  if (error == EACCES || error == EPERM) return absl::PermissionDeniedError(why);
  if (error == ENOENT) return absl::NotFoundError(why);
  return absl::UnavailableError(why);
}

absl::Status reach(const std::string& address) {
  if (address.rfind(kUnix, 0) == 0) {
    if (auto status = tryToConnect(address.substr(kUnix.size())); !status.ok()) return status;
  }
  const std::string problem = engineProblem(address);
  return problem.empty() ? absl::OkStatus() : absl::UnavailableError(problem);
}

bool canBeMade(const Kind& kind, const Manifest& own) {
  const Kind* known = own.find(kind.name);
  return known != nullptr && !known->command.empty() && known->image == kind.image;
}

}  // namespace

absl::StatusOr<std::string> engineAddressOf(const Options& options) {
  const char* host = std::getenv("DOCKER_HOST");
  // TCP is for who asked for it here: the variable may be meant for others.
  return docker::engineAddress(
      options.docker_host.empty() && host != nullptr ? host : options.docker_host,
      !options.docker_host.empty());
}

std::string engineProblem(const std::string& address) {
  const EngineAnswer answer = get(address, "/_ping");
  if (answer.status == 200) return "";
  if (answer.status == 0) return "the container engine does not answer";
  return fmt::format("the container engine answers with status {}", answer.status);
}

EngineFacts lookAtEngine(const Options& options, const Manifest& manifest, const Manifest& own) {
  EngineFacts facts;
  facts.pulls = options.docker_pull == DockerPull::IfMissing;
  const auto address = engineAddressOf(options);
  facts.reachable = address.status();
  if (!address.ok()) return facts;
  const bool is_unix = address->rfind(kUnix, 0) == 0;
  facts.address = is_unix ? address->substr(kUnix.size()) : *address;
  facts.reachable = reach(*address);
  if (!facts.reachable.ok()) return facts;

  const std::string version = get(*address, "/version").body;
  facts.version = fmt::format("{}, API {}", textAt(version, "Version"),
                              textAt(version, "ApiVersion"));
  const auto limits = memberAt(get(*address, "/info").body, {"MemoryLimit"});
  facts.limits_memory = limits && limits->asBool().value_or(false);
  for (const Kind& kind : manifest.kinds()) {
    if (!kind.can_run) continue;
    const bool is_there = isPartOfImageName(kind.image) &&
                          get(*address, "/images/" + kind.image + "/json").status == 200;
    facts.images.push_back({kind.name, kind.image, is_there, canBeMade(kind, own)});
  }
  return facts;
}

std::string gatewayOf(const std::string& address, const std::string& network) {
  const auto configs =
      memberAt(get(address, "/networks/" + network).body, {"IPAM", "Config"});
  if (!configs) return "";
  for (const json::Value& config : configs->elements()) {
    const auto gateway = config.member("Gateway");
    const std::string text = gateway ? gateway->asString().value_or("") : "";
    if (!text.empty()) return text.substr(0, text.find('/'));
  }
  return "";
}

}  // namespace owpool::daemon
