#include "tests/scenario/scenario.h"

#include <fmt/format.h>

#include <functional>
#include <map>
#include <memory>
#include <utility>

#include "tests/scenario/pool_options.h"
#include "tests/scenario/words.h"

namespace owpool::scenario {
namespace {

event::ActivationArrived takeArrival(Command& command) {
  event::ActivationArrived arrived{{command.takeActivation(), nullptr}};
  const auto name = command.takeOption("action");
  if (!name) fail("needs action=…");
  Action action;
  action.key = ActionKey(command.takeOption("namespace").value_or("guest"), *name,
                         command.takeOption("revision").value_or("1"));
  action.runtime.kind = command.takeOption("kind").value_or("nodejs:20");
  action.memory = parseMemory(command.takeOption("memory").value_or("256"));
  action.concurrency_max = parseNumber(command.takeOption("concurrency").value_or("1"));
  action.time_limit = parseDuration(command.takeOption("time-limit").value_or("60s"));
  if (command.takeFlag("nonblocking")) arrived.activation.mode = InvocationMode::NonBlocking;
  arrived.activation.action = std::make_shared<const Action>(std::move(action));
  return arrived;
}

event::ContainerStarted takeStarted(Command& command) {
  event::ContainerStarted started{command.takeContainer(), ""};
  if (command.takeFlag("at")) started.address = command.takeWord();
  return started;
}

event::RunCompleted takeCompleted(Command& command) {
  event::RunCompleted completed{command.takeContainer(), command.takeActivation()};
  if (command.takeFlag("broken")) completed.fate = ContainerFate::Broken;
  return completed;
}

event::ProbeCompleted takeProbe(Command& command) {
  const ContainerId id = command.takeContainer();
  return {id, static_cast<ProbeResult>(parseChoice(command.takeWord(), {"ok", "failed"}))};
}

ActivationResponse noStart() {
  return errorResponse(ActivationStatus::WhiskError, "The container could not be started.");
}

ActivationResponse noInit() {
  return errorResponse(ActivationStatus::DeveloperError, "The action did not initialize.");
}

using EventReader = std::function<Event(Command&)>;

const std::map<std::string, EventReader>& eventReaders() {
  static const auto* const all = new std::map<std::string, EventReader>{
      {"run", takeArrival},
      {"started", takeStarted},
      {"start-failed", [](Command& c) { return event::StartFailed{c.takeContainer(), noStart()}; }},
      {"initialized", [](Command& c) { return event::InitSucceeded{c.takeContainer()}; }},
      {"init-failed", [](Command& c) { return event::InitFailed{c.takeContainer(), noInit()}; }},
      {"init-not-delivered", [](Command& c) { return event::InitNotDelivered{c.takeContainer()}; }},
      {"result",
       [](Command& c) {
         const ContainerId id = c.takeContainer();
         return event::ResultKnown{id, c.takeActivation()};
       }},
      {"completed", takeCompleted},
      {"not-delivered",
       [](Command& c) {
         const ContainerId id = c.takeContainer();
         return event::RunNotDelivered{id, c.takeActivation()};
       }},
      {"paused", [](Command& c) { return event::ContainerPaused{c.takeContainer()}; }},
      {"pause-failed", [](Command& c) { return event::PauseFailed{c.takeContainer(), ""}; }},
      {"resumed", [](Command& c) { return event::ContainerResumed{c.takeContainer()}; }},
      {"resume-failed", [](Command& c) { return event::ResumeFailed{c.takeContainer(), ""}; }},
      {"removed", [](Command& c) { return event::ContainerRemoved{c.takeContainer()}; }},
      {"removal-failed", [](Command& c) { return event::RemovalFailed{c.takeContainer(), ""}; }},
      {"died", [](Command& c) { return event::ContainerDied{c.takeContainer()}; }},
      {"probe", takeProbe},
  };
  return *all;
}

}  // namespace

Lines Scenario::perform(const std::string& line) {
  Command command(line);
  if (command.verb() == "pool") return createPool(command);
  if (!pool_) fail("there is no pool yet");
  if (command.verb() == "advance") {
    const Duration duration = command.takeDuration();
    command.endOfCommand();
    return advance(duration);
  }
  if (command.verb() == "shutdown") {
    const Duration drain_time = command.takeDuration();
    command.endOfCommand();
    return afterStep(pool_->shutDown(drain_time, now_));
  }
  if (command.verb() == "stats") {
    command.endOfCommand();
    return inWords(pool_->stats());
  }
  Event event = eventOf(command);
  command.endOfCommand();
  return handle(std::move(event));
}

Lines Scenario::pool() const { return pool_ ? inWords(*pool_) : Lines(); }

Lines Scenario::createPool(Command& command) {
  if (pool_) fail("there is a pool already");
  absl::StatusOr<Pool> created = Pool::create(takePoolConfig(command));
  if (!created.ok()) return {std::string(created.status().message())};
  pool_ = std::move(*created);
  return afterStep(pool_->start(now_));
}

Lines Scenario::advance(Duration duration) {
  const TimePoint begin = now_;
  const TimePoint end = now_ + duration;
  Lines lines;
  for (auto next = pool_->nextDeadline(); next && *next <= end; next = pool_->nextDeadline()) {
    if (*next <= now_) fail("the pool asks to be called again at once: a driver would spin");
    now_ = *next;
    for (std::string& line :
         afterStep(pool_->advanceTo(now_), fmt::format("after {}: ", inWords(now_ - begin)))) {
      lines.push_back(std::move(line));
    }
  }
  now_ = end;
  return lines;
}

Event Scenario::eventOf(Command& command) const {
  const auto reader = eventReaders().find(command.verb());
  if (reader == eventReaders().end()) {
    fail(fmt::format("unknown command \"{}\"", command.verb()));
  }
  return reader->second(command);
}

Lines Scenario::handle(Event event) {
  const auto ignored_before = pool_->stats().ignored_events_total;
  Lines lines = afterStep(pool_->handle(std::move(event), now_));
  if (pool_->stats().ignored_events_total > ignored_before) lines.push_back("(ignored)");
  return lines;
}

Lines Scenario::afterStep(const Effects& effects, const std::string& prefix) const {
  pool_->checkInvariants();
  Lines lines;
  for (const Effect& effect : effects) lines.push_back(prefix + inWords(effect));
  return lines;
}

}  // namespace owpool::scenario
