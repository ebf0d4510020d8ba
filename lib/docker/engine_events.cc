#include "docker/engine_events.h"

#include <utility>

#include "json/json.h"

namespace owpool::docker {
namespace {

// An event has the labels of its container in it, which are ours and few.
constexpr std::size_t kLineMax = 256 * 1024;

}  // namespace

bool isDeath(const EngineEvent& event) {
  // The latter two are Podman's.
  return event.action == "die" || event.action == "destroy" || event.action == "died" ||
         event.action == "remove";
}

std::optional<EngineEvent> parseEvent(std::string line) {
  const auto event = json::parse(std::move(line));
  if (!event.ok()) return std::nullopt;
  const auto textOf = [](const std::optional<json::Value>& value) {
    return value ? value->asString() : std::optional<std::string>();
  };
  const auto type = textOf(event->member("Type"));
  auto action = textOf(event->member("Action"));
  const auto actor = event->member("Actor");
  if (type != "container" || !action || !actor) return std::nullopt;
  auto id = textOf(actor->member("ID"));
  if (!id) return std::nullopt;
  return EngineEvent{*std::move(action), *std::move(id)};
}

std::vector<EngineEvent> EventLines::feed(std::string_view bytes) {
  std::vector<EngineEvent> events;
  while (!malformed_ && !bytes.empty()) {
    const std::size_t end = bytes.find('\n');
    const std::string_view part = bytes.substr(0, end);
    if (pending_.size() + part.size() > kLineMax) {
      malformed_ = true;
      pending_.clear();
      break;
    }
    pending_.append(part);
    if (end == std::string_view::npos) break;
    bytes.remove_prefix(end + 1);
    if (auto event = parseEvent(std::exchange(pending_, {}))) events.push_back(*std::move(event));
  }
  return events;
}

}  // namespace owpool::docker
