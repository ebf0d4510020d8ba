#include "tests/scenario/words.h"

#include <fmt/format.h>

#include <sstream>

#include "core/overloaded.h"

namespace owpool::scenario {
namespace {

using internal::Overloaded;

std::string name(ContainerId id) { return fmt::format("#{}", id.value); }
std::string name(ActivationId id) { return fmt::format("a{}", id.low); }
std::int64_t megabytes(ByteSize size) { return size.count() / ByteSize::mebibytes(1).count(); }

// "hello", or "hello@2" if it is not the first revision, or "other/hello" if it is not
// the usual namespace that invokes it.
std::string name(const Action& action) {
  std::string out = action.key.name();
  if (action.key.invocationNamespace() != "guest") {
    out = action.key.invocationNamespace() + "/" + out;
  }
  if (action.key.revision() != "1") out += "@" + action.key.revision();
  return out;
}

std::string_view statusName(ActivationStatus status) {
  switch (status) {
    case ActivationStatus::Success: return "success";
    case ActivationStatus::ApplicationError: return "application error";
    case ActivationStatus::DeveloperError: return "developer error";
    case ActivationStatus::WhiskError: return "whisk error";
  }
  return "?";
}

std::string startInWords(const effect::StartContainer& start) {
  return fmt::format("start {} {} {} MB {}", name(start.id), start.runtime.kind,
                     megabytes(start.memory),
                     start.purpose == StartPurpose::StemCell ? "as a stem cell"
                                                             : "for " + name(*start.action));
}

std::string placementInWords(const effect::ActivationPlaced& placed) {
  std::string out = fmt::format("{} gets {}: {}", name(placed.activation), name(placed.id),
                                startKindName(placed.kind));
  if (placed.warm_miss == WarmMiss::Unknown) out += ", no container of its action";
  if (placed.warm_miss == WarmMiss::Busy) out += ", its action's containers are busy";
  if (placed.waited_for) {
    out += fmt::format(", waited {} for {}", inWords(placed.waited),
                       waitReasonName(*placed.waited_for));
  }
  if (!placed.evicted.empty()) out += ", evicted";
  for (const ContainerId id : placed.evicted) out += " " + name(id);
  return out;
}

std::string containerInWords(const ContainerData& data) {
  std::string out = fmt::format("{} {}", name(data.id), stateName(data.state));
  std::visit(Overloaded{
                 [&](const Starting& s) { out += " " + s.runtime.kind; },
                 [&](const Prewarmed& s) { out += " " + s.runtime.kind; },
                 [&](const Warmed& s) { out += fmt::format(", {},", warmPhaseName(s.phase)); },
                 [&](const Draining& s) { out += fmt::format(" ({})", removalCauseName(s.cause)); },
                 [&](const Removing& s) {
                   out += fmt::format(" ({})", removalCauseName(s.cause));
                   if (s.has_failed) out += " has failed";
                 },
                 [](const auto&) {},
             },
             data.state);
  if (const Action* action = actionOf(data)) {
    out += fmt::format(" {} {}/{}", name(*action), activeCountOf(data), action->concurrency_max);
  }
  return out + fmt::format(" {} MB", megabytes(data.memory));
}

// Pool::debugString() is the only place that shows the order of the buffer.
std::string bufferOf(const Pool& pool) {
  std::istringstream in(pool.debugString());
  for (std::string line; std::getline(in, line);) {
    if (line.rfind("buffer:", 0) != 0) continue;
    std::istringstream ids(line);
    std::string out;
    ids >> out;
    for (std::string id; ids >> id;) out += " " + name(*ActivationId::parse(id));
    return out;
  }
  return "";
}

}  // namespace

std::string inWords(Duration duration) {
  using namespace std::chrono;
  if (duration == Duration::zero()) return "0s";
  std::string out;
  const auto take = [&](Duration unit, const char* suffix) {
    if (const auto count = duration / unit; count > 0) out += fmt::format("{}{}", count, suffix);
    duration %= unit;
  };
  take(hours(1), "h");
  take(minutes(1), "m");
  take(seconds(1), "s");
  take(milliseconds(1), "ms");
  take(nanoseconds(1), "ns");
  return out;
}

std::string inWords(const Effect& any) {
  return std::visit(
      Overloaded{
          [](const effect::AnswerWithResult& e) {
            return fmt::format("answer {} with its result", name(e.activation));
          },
          [](const effect::AnswerWithError& e) {
            return fmt::format("answer {} with a {}: {}", name(e.activation),
                               statusName(e.response.status), e.response.result);
          },
          [](const effect::RefuseActivation& e) {
            return fmt::format("refuse {}: {}", name(e.activation), refusalReasonName(e.reason));
          },
          [](const effect::StartContainer& e) { return startInWords(e); },
          [](const effect::InitializeContainer& e) {
            return fmt::format("initialize {} with {}", name(e.id), name(*e.action));
          },
          [](const effect::RunActivation& e) {
            return fmt::format("run {} on {}", name(e.activation), name(e.id));
          },
          [](const effect::PauseContainer& e) { return "pause " + name(e.id); },
          [](const effect::ResumeContainer& e) { return "resume " + name(e.id); },
          [](const effect::RemoveContainer& e) {
            return fmt::format("remove {}: {}", name(e.id), removalCauseName(e.cause));
          },
          [](const effect::ProbeContainer& e) { return "probe " + name(e.id); },
          [](const effect::AbandonContainer& e) { return "abandon " + name(e.id); },
          [](const effect::RemovalGivenUp& e) { return "give up removing " + name(e.id); },
          [](const effect::ActivationPlaced& e) { return placementInWords(e); },
          [](const effect::ActivationWaits& e) {
            return fmt::format("{} waits for {}, needs {} MB, {} in the buffer", name(e.activation),
                               waitReasonName(e.reason), megabytes(e.needed), e.buffered_count);
          },
          [](const effect::PrewarmsChecked& e) {
            return fmt::format("checked {} {} MB: {} cold starts, {} expired, {} wanted",
                               e.runtime.kind, megabytes(e.memory), e.cold_start_count,
                               e.expired_count, e.wanted_count);
          },
          [](const effect::GrantCredits& e) { return fmt::format("grant {} credits", e.count); },
      },
      any);
}

Lines inWords(const Pool& pool) {
  Lines lines;
  for (const ContainerData& data : pool.containers()) lines.push_back(containerInWords(data));
  if (lines.empty()) lines.push_back("(no containers)");
  if (const std::string buffer = bufferOf(pool); !buffer.empty()) lines.push_back(buffer);
  if (pool.isShutDown()) lines.push_back("(shut down)");
  return lines;
}

Lines inWords(const PoolStats& stats) {
  Lines lines;
  const auto add = [&](const std::string& what, auto value) {
    if (value != 0) lines.push_back(fmt::format("{}={}", what, value));
  };
  add("starting", stats.starting_count);
  add("prewarmed", stats.prewarmed_count);
  add("warming", stats.warming_count);
  add("busy", stats.busy_count);
  add("idle", stats.idle_count);
  add("removing", stats.removing_count);
  add("active", stats.active_count);
  add("active-memory", megabytes(stats.active_memory));
  add("user-memory", megabytes(stats.user_memory));
  add("prewarm-memory", megabytes(stats.prewarm_memory));
  add("idle-memory", megabytes(stats.idle_memory));
  add("buffered", stats.buffered_count);
  add("buffered-memory", megabytes(stats.buffered_memory));
  add("unanswered", stats.unanswered_count);
  add("arrived", stats.arrived_total);
  add("answered-with-result", stats.answered_with_result_total);
  add("answered-with-error", stats.answered_with_error_total);
  add("refused", stats.refused_total);
  add("rescheduled", stats.rescheduled_total);
  add("waiting-reported", stats.waiting_reported_total);
  add("bypassed", stats.bypassed_total);
  add("start-failed", stats.start_failed_total);
  add("removal-failed", stats.removal_failed_total);
  add("removal-given-up", stats.removal_given_up_total);
  add("ignored-events", stats.ignored_events_total);
  for (std::size_t i = 0; i < stats.placed_total.size(); ++i) {
    add(fmt::format("placed.{}", startKindName(static_cast<StartKind>(i))), stats.placed_total[i]);
  }
  for (std::size_t i = 0; i < stats.removed_total.size(); ++i) {
    add(fmt::format("removed.{}", removalCauseName(static_cast<RemovalCause>(i))),
        stats.removed_total[i]);
  }
  return lines;
}

}  // namespace owpool::scenario
