#include "owpool-simulate/effect_text.h"

#include <fmt/format.h>

#include "core/overloaded.h"

namespace owpool::simulate {
namespace {

using internal::Overloaded;

std::string on(const char* what, ContainerId id) { return fmt::format("{} #{}", what, id.value); }
std::string of(const char* what, ActivationId id) { return fmt::format("{} a{}", what, id.low); }
std::string onFor(const char* what, ContainerId id, ActivationId activation) {
  return fmt::format("{} #{} a{}", what, id.value, activation.low);
}

}  // namespace

std::string textOf(const Event& event) {
  return std::visit(
      Overloaded{
          [](const event::ActivationArrived& e) {
            return of("ActivationArrived", e.activation.id) + " " +
                   e.activation.action->key.name();
          },
          [](const event::ContainerStarted& e) {
            return on("ContainerStarted", e.id) + (e.address.empty() ? "" : " at " + e.address);
          },
          [](const event::StartFailed& e) { return on("StartFailed", e.id); },
          [](const event::InitSucceeded& e) { return on("InitSucceeded", e.id); },
          [](const event::InitFailed& e) { return on("InitFailed", e.id); },
          [](const event::InitNotDelivered& e) { return on("InitNotDelivered", e.id); },
          [](const event::ResultKnown& e) { return onFor("ResultKnown", e.id, e.activation); },
          [](const event::RunCompleted& e) {
            return onFor("RunCompleted", e.id, e.activation) +
                   (e.fate == ContainerFate::Broken ? " broken" : "");
          },
          [](const event::RunNotDelivered& e) {
            return onFor("RunNotDelivered", e.id, e.activation);
          },
          [](const event::ContainerPaused& e) { return on("ContainerPaused", e.id); },
          [](const event::PauseFailed& e) { return on("PauseFailed", e.id); },
          [](const event::ContainerResumed& e) { return on("ContainerResumed", e.id); },
          [](const event::ResumeFailed& e) { return on("ResumeFailed", e.id); },
          [](const event::ContainerRemoved& e) { return on("ContainerRemoved", e.id); },
          [](const event::RemovalFailed& e) { return on("RemovalFailed", e.id); },
          [](const event::ContainerDied& e) { return on("ContainerDied", e.id); },
          [](const event::ProbeCompleted& e) {
            return on("ProbeCompleted", e.id) +
                   (e.result == ProbeResult::Reachable ? " reachable" : " unreachable");
          },
      },
      event);
}

std::string textOf(const Effect& effect) {
  return std::visit(
      Overloaded{
          [](const effect::AbandonContainer& e) { return on("AbandonContainer", e.id); },
          [](const effect::RemovalGivenUp& e) { return on("RemovalGivenUp", e.id); },
          [](const effect::AnswerWithResult& e) { return of("AnswerWithResult", e.activation); },
          [](const effect::AnswerWithError& e) {
            return of("AnswerWithError", e.activation) + " " + e.response.result;
          },
          [](const effect::RefuseActivation& e) {
            return fmt::format("{} {}", of("RefuseActivation", e.activation),
                               refusalReasonName(e.reason));
          },
          [](const effect::StartContainer& e) {
            return fmt::format("{} {} {} bytes", on("StartContainer", e.id),
                               e.action ? e.action->key.name() : "stem cell", e.memory.count());
          },
          [](const effect::InitializeContainer& e) {
            return onFor("InitializeContainer", e.id, e.activation);
          },
          [](const effect::RunActivation& e) { return onFor("RunActivation", e.id, e.activation); },
          [](const effect::PauseContainer& e) { return on("PauseContainer", e.id); },
          [](const effect::ResumeContainer& e) { return on("ResumeContainer", e.id); },
          [](const effect::RemoveContainer& e) {
            return fmt::format("{} {}", on("RemoveContainer", e.id), removalCauseName(e.cause));
          },
          [](const effect::ProbeContainer& e) { return on("ProbeContainer", e.id); },
          [](const effect::ActivationPlaced& e) {
            return fmt::format("{} #{} {}", of("ActivationPlaced", e.activation), e.id.value,
                               startKindName(e.kind));
          },
          [](const effect::ActivationWaits& e) {
            return of("ActivationWaits", e.activation) + " for " +
                   std::string(waitReasonName(e.reason));
          },
          [](const effect::PrewarmsChecked& e) {
            return fmt::format("PrewarmsChecked {} cold starts, {} expired, {} wanted",
                               e.cold_start_count, e.expired_count, e.wanted_count);
          },
          [](const effect::GrantCredits& e) { return fmt::format("GrantCredits {}", e.count); },
      },
      effect);
}

}  // namespace owpool::simulate
