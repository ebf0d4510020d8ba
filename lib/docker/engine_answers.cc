#include "docker/engine_answers.h"

#include <initializer_list>
#include <utility>

#include <fmt/format.h>

#include "docker/engine_status.h"
#include "json/json.h"

namespace owpool::docker {
namespace {

absl::Status senseless(std::string_view what) {
  return absl::UnavailableError(
      fmt::format("the container engine answered something that is no {}", what));
}

// The value at "path" below "value"; nullopt if there is none.
std::optional<json::Value> at(const json::Value& value,
                              std::initializer_list<std::string_view> path) {
  std::optional<json::Value> found = value;
  for (const std::string_view key : path) {
    found = found->member(key);
    if (!found) return std::nullopt;
  }
  return found;
}

std::string textAt(const json::Value& value, std::initializer_list<std::string_view> path) {
  const auto found = at(value, path);
  return found ? found->asString().value_or("") : "";
}

std::int64_t numberAt(const json::Value& value, std::initializer_list<std::string_view> path) {
  const auto found = at(value, path);
  return found ? found->asInteger().value_or(0) : 0;
}

Labels labelsOf(const std::optional<json::Value>& value) {
  Labels labels;
  if (!value) return labels;
  for (const auto& [name, label] : value->members()) labels[name] = label.asString().value_or("");
  return labels;
}

}  // namespace

bool isContainerId(std::string_view text) {
  return text.size() == 64 &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool isAlive(std::string_view status) {
  return status == "running" || status == "paused" || status == "restarting";
}

absl::StatusOr<std::string> parseCreated(std::string body) {
  const auto answer = json::parse(std::move(body));
  if (!answer.ok()) return senseless("created container");
  std::string id = textAt(*answer, {"Id"});
  if (!isContainerId(id)) return senseless("created container");
  return id;
}

absl::StatusOr<ContainerInfo> parseContainer(std::string body) {
  const auto answer = json::parse(std::move(body));
  if (!answer.ok()) return senseless("container");
  ContainerInfo info;
  info.id = textAt(*answer, {"Id"});
  info.status = textAt(*answer, {"State", "Status"});
  if (!isContainerId(info.id) || info.status.empty()) return senseless("container");
  info.started_at = textAt(*answer, {"State", "StartedAt"});
  info.error = textAt(*answer, {"State", "Error"});
  info.exit_code = numberAt(*answer, {"State", "ExitCode"});
  info.pid = numberAt(*answer, {"State", "Pid"});
  const auto oom_killed = at(*answer, {"State", "OOMKilled"});
  info.oom_killed = oom_killed && oom_killed->asBool().value_or(false);
  info.labels = labelsOf(at(*answer, {"Config", "Labels"}));
  if (const auto networks = at(*answer, {"NetworkSettings", "Networks"})) {
    for (const auto& [name, network] : networks->members()) {
      if (std::string address = textAt(network, {"IPAddress"}); !address.empty()) {
        info.addresses[name] = std::move(address);
      }
    }
  }
  return info;
}

absl::StatusOr<std::vector<ListedContainer>> parseContainerList(std::string body) {
  const auto answer = json::parse(std::move(body));
  if (!answer.ok() || !answer->isArray()) return senseless("list of containers");
  std::vector<ListedContainer> list;
  for (const json::Value& element : answer->elements()) {
    ListedContainer container;
    container.id = textAt(element, {"Id"});
    container.status = textAt(element, {"State"});
    if (!isContainerId(container.id)) return senseless("list of containers");
    if (const auto names = element.member("Names")) {
      for (const json::Value& value : names->elements()) {
        std::string name = value.asString().value_or("");
        if (name.rfind('/', 0) == 0) name.erase(0, 1);
        container.names.push_back(std::move(name));
      }
    }
    list.push_back(std::move(container));
  }
  return list;
}

absl::StatusOr<NetworkInfo> parseNetwork(std::string body) {
  const auto answer = json::parse(std::move(body));
  if (!answer.ok()) return senseless("network");
  NetworkInfo info;
  info.id = textAt(*answer, {"Id"});
  if (info.id.empty()) return senseless("network");
  info.labels = labelsOf(answer->member("Labels"));
  return info;
}

absl::StatusOr<VersionRange> parseVersions(std::string body) {
  const auto answer = json::parse(std::move(body));
  if (!answer.ok()) return senseless("version");
  VersionRange range{textAt(*answer, {"ApiVersion"}), textAt(*answer, {"MinAPIVersion"})};
  if (range.newest.empty()) return senseless("version");
  return range;
}

absl::Status progressStatus(std::string_view stream) {
  while (!stream.empty()) {
    const std::size_t end = stream.find('\n');
    const auto line = json::parse(std::string(stream.substr(0, end)));
    stream.remove_prefix(end == std::string_view::npos ? stream.size() : end + 1);
    if (!line.ok()) continue;
    std::string error = textAt(*line, {"errorDetail", "message"});
    if (error.empty()) error = textAt(*line, {"error"});
    if (!error.empty()) return absl::NotFoundError(engineMessage(error));
  }
  return absl::OkStatus();
}

std::optional<std::string> addressIn(const ContainerInfo& container, const std::string& network) {
  const auto found = container.addresses.find(network);
  if (found != container.addresses.end()) return found->second;
  if (container.addresses.size() == 1) return container.addresses.begin()->second;
  return std::nullopt;
}

}  // namespace owpool::docker
