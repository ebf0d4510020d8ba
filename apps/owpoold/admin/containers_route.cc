#include <chrono>
#include <map>
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

// The pool says what a container is, the decision log what it was: one that is being
// removed has no action any more.
std::string containerJson(const ContainerData& data, const ContainerLife* life, TimePoint now) {
  ObjectText object;
  object.integer("id", static_cast<std::int64_t>(data.id.value))
      .string("state", stateName(data.state))
      .integer("memory", data.memory.count())
      .integer("active", activeCountOf(data));
  if (const auto* warmed = std::get_if<Warmed>(&data.state)) {
    object.string("phase", warmPhaseName(warmed->phase));
    if (warmed->active_count == 0) object.integer("idle_ms", millis(now - warmed->last_used));
  }
  if (const auto* removing = std::get_if<Removing>(&data.state)) {
    object.string("cause", removalCauseName(removing->cause));
  }
  if (life == nullptr) return object.text();
  object.string("kind", life->kind).integer("age_ms", millis(now - life->created));
  if (!life->address.empty()) object.string("address", life->address);
  if (life->action != nullptr) {
    object.string("namespace", life->action->key.invocationNamespace())
        .string("action", life->action->key.name())
        .string("version", life->action->version)
        .integer("concurrency", life->action->concurrency_max);
  }
  return object.text();
}

}  // namespace

absl::StatusOr<http::Response> containersRoute(const AdminContext& context) {
  const ContainerTable table = context.driver.containers();
  std::map<ContainerId, ContainerLife> lives;
  for (ContainerLife& life : context.watch.decisions.containers()) {
    const ContainerId id = life.id;
    lives.emplace(id, std::move(life));
  }
  const TimePoint now = context.clock.now();
  std::vector<std::string> containers;
  for (const ContainerData& data : table) {
    const auto life = lives.find(data.id);
    containers.push_back(
        containerJson(data, life == lives.end() ? nullptr : &life->second, now));
  }
  return jsonAnswer(ObjectText().json("containers", arrayText(containers)).text());
}

}  // namespace owpool::daemon
