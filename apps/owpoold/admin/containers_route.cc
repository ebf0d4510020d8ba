#include <chrono>
#include <string>
#include <variant>
#include <vector>

#include "owpoold/admin/routes.h"
#include "owpoold/api/answers.h"
#include "owpoold/support/json_text.h"

namespace owpool::daemon {
namespace {

std::int64_t millis(Duration duration) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
}

void addAction(ObjectText& object, const Action& action) {
  object.string("namespace", action.key.invocationNamespace())
      .string("action", action.key.name())
      .string("version", action.version)
      .string("kind", action.runtime.kind)
      .integer("concurrency", action.concurrency_max);
}

std::string containerJson(const ContainerData& data, TimePoint now) {
  ObjectText object;
  object.integer("id", static_cast<std::int64_t>(data.id.value))
      .string("state", stateName(data.state))
      .integer("memory", data.memory.count())
      .integer("active", activeCountOf(data));
  if (const Action* action = actionOf(data)) addAction(object, *action);
  if (const auto* warmed = std::get_if<Warmed>(&data.state)) {
    object.string("phase", warmPhaseName(warmed->phase));
    if (warmed->active_count == 0) object.integer("idle_ms", millis(now - warmed->last_used));
  }
  return object.text();
}

}  // namespace

absl::StatusOr<http::Response> containersRoute(const AdminContext& context,
                                               const http::Request& request) {
  if (request.method != "GET") return methodNotAllowed("GET");
  const ContainerTable table = context.driver.containers();
  const TimePoint now = context.clock.now();
  std::vector<std::string> containers;
  for (const ContainerData& data : table) containers.push_back(containerJson(data, now));
  return jsonAnswer(ObjectText().json("containers", arrayText(containers)).text());
}

}  // namespace owpool::daemon
