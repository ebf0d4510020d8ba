#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "fmt/format.h"
#include "json/json.h"
#include "owpoold/admin/routes.h"
#include "owpoold/admin/story_json.h"
#include "owpoold/api/answers.h"
#include "owpoold/api/shapes.h"
#include "owpoold/support/json_text.h"

namespace owpool::daemon {
namespace {

// The record was written by us, so that what is not there was not known.
std::string recordJson(const ActivationRecord& record, const KeyValues& annotations) {
  ObjectText object;
  object.integer("duration_ms", record.duration_ms).string("status", statusText(record.status));
  const auto add = [&](std::string_view key, std::string_view annotation) {
    if (const std::string* value = findValue(annotations, annotation)) object.json(key, *value);
  };
  add("start", "start");
  add("wait_ms", "waitTime");
  add("init_ms", "initTime");
  return object.text();
}

std::string forgottenJson(const ActivationRecord& record) {
  KeyValues annotations;
  if (const auto parsed = json::parse(record.annotations); parsed.ok()) {
    annotations = parseKeyValues(*parsed).value_or(KeyValues());
  }
  // The annotation "path" is the qualified name, as a JSON string.
  std::string action = record.path;
  if (const std::string* path = findValue(annotations, "path")) {
    const auto parsed = json::parse(*path);
    if (parsed.ok()) action = parsed->asString().value_or(action);
  }
  return ObjectText()
      .string("id", record.id)
      .string("action", action)
      .string("version", record.version)
      .integer("arrived_ms", record.start_ms)
      .json("record", recordJson(record, annotations))
      .text();
}

PoolFacts factsOf(const AdminContext& context) {
  return {context.config.user_memory, context.config.idle_timeout,
          context.config.starts_in_flight_max, context.watch.decisions.stemCells(),
          context.config.queue_discipline};
}

}  // namespace

absl::StatusOr<std::optional<ActivationRecord>> findRecord(const AdminContext& context,
                                                           ActivationId id) {
  for (const NamespacePtr& space : context.namespaces.list()) {
    auto record = context.store.findActivation(space->id, id.toString());
    if (!record.ok() || *record) return record;
  }
  return std::optional<ActivationRecord>();
}

absl::StatusOr<ActivationId> activationIdOf(const DecisionLog& decisions,
                                            const std::string& text) {
  constexpr std::size_t kDigits = 32;
  constexpr std::size_t kDigitsMin = 6;
  const std::size_t missing = kDigits - std::min(kDigits, text.size());
  const auto first = ActivationId::parse(text + std::string(missing, '0'));
  const auto last = ActivationId::parse(text + std::string(missing, 'f'));
  if (!first || !last || text.size() < kDigitsMin) {
    return absl::InvalidArgumentError(
        "an activation id has 32 hexadecimal digits, of which at least the first 6 must be given");
  }
  if (missing == 0) return *first;
  const std::vector<ActivationId> found = decisions.between(*first, *last);
  if (found.size() == 1) return found.front();
  if (found.empty()) {
    return absl::NotFoundError(fmt::format(
        "no activation that is remembered begins with {}: older ones need the whole id", text));
  }
  return absl::InvalidArgumentError(
      fmt::format("{} activations begin with {}: give more digits", found.size(), text));
}

absl::StatusOr<http::Response> activationRoute(const AdminContext& context,
                                               const std::string& text) {
  const auto id = activationIdOf(context.watch.decisions, text);
  if (!id.ok()) return id.status();
  if (const auto story = context.watch.decisions.find(*id)) {
    const auto ago = std::chrono::duration_cast<std::chrono::milliseconds>(context.clock.now() -
                                                                           story->arrived);
    return jsonAnswer(storyJson(*story, factsOf(context), context.unix_millis() - ago.count()));
  }
  const auto record = findRecord(context, *id);
  if (!record.ok()) return record.status();
  if (!*record) {
    return absl::NotFoundError(
        fmt::format("there is no activation {}, or it is not known any more", id->toString()));
  }
  return jsonAnswer(forgottenJson(**record));
}

}  // namespace owpool::daemon
