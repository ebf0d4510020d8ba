// ActivationResponse.processInitResponseContent and .processRunResponseContent, and
// what Container.initialize and .run decide before they call these. The texts are
// OpenWhisk's (Messages in ErrorResponse.scala), since users and tests know them.
#include <optional>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "json/json.h"
#include "owpool/action_protocol.h"

namespace owpool {
namespace {

constexpr std::string_view kAbnormalInitialization =
    "The action did not initialize and exited unexpectedly.";
constexpr std::string_view kAbnormalRun =
    "The action did not produce a valid response and exited unexpectedly.";
constexpr std::string_view kMemoryExhausted = "The action exhausted its memory and was aborted.";
// Ours: OpenWhisk has no text for it, since it reschedules without a word.
constexpr std::string_view kNotDelivered = "The action's container did not take the request.";

constexpr int kOk = 200;
constexpr int kNoContent = 204;
constexpr int kServiceUnavailable = 503;

ActivationResponse developerError(std::string_view message) {
  return errorResponse(ActivationStatus::DeveloperError, message);
}

ActivationResponse withErrorValue(ActivationStatus status, const json::Value& error) {
  return {status, fmt::format("{{\"error\":{}}}", error.text())};
}

std::string truncated(const call::Answered& answer, ByteSize max) {
  return fmt::format(
      "The action produced a response that exceeded the allowed length: {} > {} bytes. "
      "The truncated response was: {}",
      answer.length, max.count(), answer.body);
}

std::string invalid(std::string_view message, std::string_view body) {
  return body.empty() ? fmt::format("{}.", message) : fmt::format("{}: {}", message, body);
}

// Null unless there was an answer with something in it: to OpenWhisk a 204 is none.
const call::Answered* answerOf(const CallFacts& facts) {
  const auto* answer = std::get_if<call::Answered>(&facts.end);
  return answer != nullptr && answer->status != kNoContent ? answer : nullptr;
}

bool isTruncated(const call::Answered& answer) {
  return answer.length > static_cast<std::int64_t>(answer.body.size());
}

std::optional<json::Value> parsed(const std::string& body) {
  auto value = json::parse(body);
  return value.ok() ? std::optional(*std::move(value)) : std::nullopt;
}

std::optional<json::Value> errorMember(const std::optional<json::Value>& value) {
  return value.has_value() ? value->member("error") : std::nullopt;
}

// When the container said nothing that could be understood.
ActivationResponse noAnswer(const CallFacts& facts, std::string_view abnormal) {
  return developerError(facts.memory_exhausted ? kMemoryExhausted : abnormal);
}

ActivationResponse answeredRun(const call::Answered& answer, ByteSize response_max) {
  // An application error, unlike at /init: the container did nothing wrong and is kept.
  if (isTruncated(answer))
    return errorResponse(ActivationStatus::ApplicationError, truncated(answer, response_max));
  const auto value = parsed(answer.body);
  const auto error = errorMember(value);
  const bool ok = answer.status == kOk;
  if (error.has_value()) {
    return withErrorValue(
        ok ? ActivationStatus::ApplicationError : ActivationStatus::DeveloperError, *error);
  }
  if (ok && value.has_value() && (value->isObject() || value->isArray()))
    return {ActivationStatus::Success, std::string(value->text())};
  return developerError(
      invalid("The action did not produce a valid JSON response", answer.body));
}

ActivationResponse answeredInit(const call::Answered& answer, ByteSize response_max) {
  if (isTruncated(answer)) return developerError(truncated(answer, response_max));
  if (answer.status == kOk) return {ActivationStatus::Success, "{}"};
  if (const auto error = errorMember(parsed(answer.body)); error.has_value())
    return withErrorValue(ActivationStatus::DeveloperError, *error);
  return developerError(invalid("The action failed during initialization", answer.body));
}

bool isRefusal(const call::Answered* answer) {
  return answer != nullptr && answer->status == kServiceUnavailable;
}

ActivationResponse notDelivered() {
  return errorResponse(ActivationStatus::WhiskError, kNotDelivered);
}

}  // namespace

InitResult classifyInit(const CallFacts& facts) {
  const call::Answered* answer = answerOf(facts);
  if (isRefusal(answer)) return {false, notDelivered()};
  // Also if it never accepted a connection: as long as that, another container of the
  // same kind would hardly fare better.
  if (facts.elapsed >= facts.time_limit)
    return {true, timeLimitResponse(ContainerCall::Init, facts.time_limit)};
  if (std::holds_alternative<call::NotConnected>(facts.end)) return {false, notDelivered()};
  if (answer == nullptr) return {true, noAnswer(facts, kAbnormalInitialization)};
  return {true, answeredInit(*answer, facts.response_max)};
}

RunResult classifyRun(const CallFacts& facts) {
  const call::Answered* answer = answerOf(facts);
  // Nothing ran, however long it took to learn that.
  if (isRefusal(answer) || std::holds_alternative<call::NotConnected>(facts.end))
    return {false, notDelivered()};
  if (facts.elapsed >= facts.time_limit)
    return {true, timeLimitResponse(ContainerCall::Run, facts.time_limit)};
  if (answer == nullptr) return {true, noAnswer(facts, kAbnormalRun)};
  return {true, answeredRun(*answer, facts.response_max)};
}

}  // namespace owpool
