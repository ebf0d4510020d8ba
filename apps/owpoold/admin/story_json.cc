#include "owpoold/admin/story_json.h"

#include <chrono>

#include "owpoold/support/json_text.h"

namespace owpool::daemon {
namespace {

std::int64_t micros(Duration duration) {
  return std::chrono::duration_cast<std::chrono::microseconds>(duration).count();
}

std::int64_t numberOf(ContainerId id) { return static_cast<std::int64_t>(id.value); }

// An object that writes times as they are since the arrival.
class Writer {
 public:
  explicit Writer(TimePoint origin) : origin_(origin) {}
  Writer& at(std::string_view key, std::optional<TimePoint> time) {
    if (time) object.integer(key, micros(*time - origin_));
    return *this;
  }
  ObjectText object;

 private:
  TimePoint origin_;
};

void addAction(ObjectText& object, const ActionFacts& action) {
  object.string("namespace", action.key.invocationNamespace())
      .string("action", action.key.name())
      .string("version", action.version);
}

std::string removalJson(const ContainerLife::Removal& removal, TimePoint origin) {
  Writer out(origin);
  out.at("ordered_us", removal.ordered);
  out.object.string("cause", removalCauseName(removal.cause))
      .integer("unused_us", micros(removal.unused));
  if (removal.evicted_for) {
    out.object.string("for_activation", removal.evicted_for->toString())
        .string("for_action", removal.evicted_for_action->key.name());
  }
  return out.object.text();
}

std::string containerJson(const ContainerLife& life, TimePoint origin) {
  Writer out(origin);
  out.object.integer("id", numberOf(life.id))
      .string("kind", life.kind)
      .integer("memory", life.memory.count())
      .boolean("was_stem_cell", life.was_stem_cell);
  if (life.action != nullptr) addAction(out.object, *life.action);
  out.at("created_us", life.created)
      .at("started_us", life.started)
      .at("init_began_us", life.init_began)
      .at("init_ended_us", life.init_ended);
  switch (life.init_outcome) {
    case ContainerLife::InitOutcome::Taken: break;
    case ContainerLife::InitOutcome::Failed: out.object.boolean("init_failed", true); break;
    case ContainerLife::InitOutcome::NotDelivered:
      out.object.boolean("init_delivered", false);
      break;
  }
  if (life.removal) out.object.json("removal", removalJson(*life.removal, origin));
  return out.object.text();
}

std::string waitJson(const WaitNote& wait, TimePoint origin) {
  Writer out(origin);
  out.at("at_us", wait.at);
  out.object.string("reason", waitReasonName(wait.reason))
      .integer("buffered", wait.buffered_count);
  if (wait.reason != WaitReason::Memory) return out.object.text();
  const MemoryHolders& holders = wait.holders;
  out.object.integer("busy_count", holders.busy_count)
      .integer("busy_memory", holders.busy_memory.count());
  if (holders.most_frequent != nullptr) {
    out.object.string("busy_action", holders.most_frequent->key.name())
        .integer("busy_action_count", holders.most_frequent_count);
  }
  return out.object.text();
}

std::string placementJson(const Placement& placement, const ActivationStory& story) {
  Writer out(story.arrived);
  out.at("at_us", placement.at);
  out.object.string("start", startKindName(placement.start))
      .string("warm_miss", warmMissName(placement.warm_miss))
      .integer("waited_us", micros(placement.waited))
      .json("container", containerJson(*placement.container, story.arrived));
  if (placement.waited_for) {
    out.object.string("waited_for", waitReasonName(*placement.waited_for));
  }
  std::vector<std::string> evicted;
  for (const auto& life : placement.evicted) evicted.push_back(containerJson(*life, story.arrived));
  out.object.json("evicted", arrayText(evicted));
  if (placement.warm_miss != WarmMiss::None) {
    out.object.boolean("remembers_all", placement.remembers_all)
        .integer("sibling_count", placement.sibling_count)
        .string("stem_cell_miss", stemCellMissName(placement.stem_cell_miss));
    if (const auto& previous = placement.previous) {
      const bool is_same = previous->action->key == story.action->key;
      out.object.json("previous", containerJson(*previous, story.arrived))
          .boolean("previous_is_of_this_revision", is_same);
    }
  }
  out.at("resume_ordered_us", placement.resume_ordered)
      .at("resumed_us", placement.resumed)
      .at("run_began_us", placement.run_began)
      .at("run_ended_us", placement.run_ended)
      .at("given_up_us", placement.given_up);
  return out.object.text();
}

std::string answerJson(const ActivationStory::Answer& answer, TimePoint origin) {
  Writer out(origin);
  out.at("at_us", answer.at);
  switch (answer.kind) {
    case ActivationStory::AnswerKind::Result: out.object.string("kind", "result"); break;
    case ActivationStory::AnswerKind::Error: out.object.string("kind", "error"); break;
    case ActivationStory::AnswerKind::Refused: out.object.string("kind", "refused"); break;
  }
  if (!answer.error.empty()) out.object.string("error", answer.error);
  if (answer.refused) out.object.string("refused", refusalReasonName(*answer.refused));
  return out.object.text();
}

std::string poolJson(const PoolFacts& pool) {
  return ObjectText()
      .integer("user_memory", pool.user_memory.count())
      .integer("idle_timeout_us", micros(pool.idle_timeout))
      .integer("starts_in_flight_max", pool.starts_in_flight_max)
      .json("stem_cells", stemCellsJson(pool.stem_cells))
      .boolean("is_fifo", pool.queue_discipline == QueueDiscipline::Fifo)
      .text();
}

}  // namespace

std::string stemCellsJson(const std::vector<StemCells>& stem_cells) {
  std::vector<std::string> texts;
  for (const StemCells& cells : stem_cells) {
    texts.push_back(ObjectText()
                        .string("kind", cells.runtime.kind)
                        .integer("memory", cells.memory.count())
                        .integer("wanted", cells.wanted)
                        .integer("starting", cells.starting)
                        .integer("ready", cells.ready)
                        .text());
  }
  return arrayText(texts);
}

std::string storyJson(const ActivationStory& story, const PoolFacts& pool,
                      std::int64_t arrived_unix_ms) {
  ObjectText object;
  object.string("id", story.id.toString());
  addAction(object, *story.action);
  object.string("kind", story.action->kind)
      .integer("memory", story.action->memory.count())
      .integer("concurrency", story.action->concurrency_max)
      .integer("arrived_ms", arrived_unix_ms)
      .integer("waiting_before", story.waiting_before)
      .integer("dropped", story.waits_dropped + story.placements_dropped);
  if (story.first_waited_for) {
    object.string("first_waited_for", waitReasonName(*story.first_waited_for));
  }
  std::vector<std::string> waits, placements;
  for (const WaitNote& wait : story.waits) waits.push_back(waitJson(wait, story.arrived));
  for (const Placement& placement : story.placements) {
    placements.push_back(placementJson(placement, story));
  }
  object.json("waits", arrayText(waits)).json("placements", arrayText(placements));
  if (story.answer) object.json("answer", answerJson(*story.answer, story.arrived));
  return object.json("pool", poolJson(pool)).text();
}

}  // namespace owpool::daemon
