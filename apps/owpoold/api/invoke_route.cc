#include "owpoold/api/invoke_route.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "absl/strings/ascii.h"
#include "fmt/format.h"
#include "json/json.h"
#include "owpoold/api/answers.h"
#include "owpoold/support/json_text.h"
#include "owpoold/api/shapes.h"

namespace owpool::daemon {
namespace {

constexpr std::int64_t kBlockingWaitMaxMs = 60000;

// How long to wait for the result; nullopt: not at all.
absl::StatusOr<std::optional<Duration>> parseWait(const http::Request& request) {
  const auto blocking = queryFlag(request, "blocking");
  if (!blocking.ok()) return blocking.status();
  const auto timeout = queryInteger(request, "timeout", "actions");
  const std::int64_t millis = timeout.ok() ? timeout->value_or(kBlockingWaitMaxMs) : -1;
  if (millis <= 0 || millis > kBlockingWaitMaxMs) {
    return malformedQuery("timeout", fmt::format("Timeout must be number of milliseconds up to {}.",
                                                 kBlockingWaitMaxMs));
  }
  if (!*blocking) return std::optional<Duration>();
  return std::optional<Duration>(std::chrono::milliseconds(millis));
}

// OpenWhisk: with the annotation "final", the action's own parameters cannot be
// replaced, save those that are null.
bool overridesFinal(const ActionRecord& action, const json::Value& payload) {
  const std::string* final = findValue(action.annotations, "final");
  if (final == nullptr || *final != "true") return false;
  const auto members = payload.members();
  return std::any_of(members.begin(), members.end(), [&](const auto& member) {
    const std::string* own = findValue(action.parameters, member.first);
    return own != nullptr && *own != "null";
  });
}

absl::StatusOr<Arguments> parseArguments(const http::Request& request,
                                         const ActionRecord& action) {
  const bool is_empty =
      std::all_of(request.body.begin(), request.body.end(),
                  [](char c) { return absl::ascii_isspace(static_cast<unsigned char>(c)); });
  if (is_empty) return argumentsOf(action, std::nullopt);
  const auto payload = json::parse(request.body);
  if (!payload.ok()) {
    return absl::InvalidArgumentError("The request content was malformed:\n" +
                                      std::string(payload.status().message()));
  }
  if (!payload->isArray() && !payload->isObject()) {
    return absl::InvalidArgumentError(
        "The request content was malformed:\nthe parameters must be an object or an array");
  }
  if (overridesFinal(action, *payload)) {
    return absl::InvalidArgumentError(
        "Request defines parameters that are not allowed (e.g., reserved properties).");
  }
  return argumentsOf(action, *payload);
}

int httpStatusOf(ActivationStatus status) {
  switch (status) {
    case ActivationStatus::Success: return 200;
    case ActivationStatus::ApplicationError: return 502;
    case ActivationStatus::DeveloperError: return 502;
    case ActivationStatus::WhiskError: return 500;
  }
  return 500;
}

int httpStatusOf(RefusalReason reason) {
  switch (reason) {
    case RefusalReason::InvalidAction: return 400;
    case RefusalReason::LargerThanPool: return 400;  // It will not fit later either.
    case RefusalReason::BufferFull: return 503;
    case RefusalReason::ShuttingDown: return 503;
  }
  return 503;
}

http::Response answerWith(const ActivationRecord& record, bool result_only) {
  // An array stands alone whatever was asked for, as with OpenWhisk.
  const bool is_array = !record.result.empty() && record.result.front() == '[';
  return jsonAnswer(result_only || is_array ? record.result : activationJson(record),
                    httpStatusOf(record.status));
}

}  // namespace

Answer invoke(const ApiContext& context, const Call& call, const std::string& package,
              const std::string& name) {
  // First of all, as OpenWhisk does: what is refused costs nothing, and counts.
  auto admission = call.caller.home->throttle->admit(
      context.namespaces.limitsOf(*call.caller.home), context.unix_millis());
  if (const auto* throttled = std::get_if<Throttled>(&admission)) {
    context.metrics.countThrottled(throttled->limit);
    return errorAnswer(429, throttled->message(), call.transaction_id);
  }
  const auto found = context.actions.find(call.owner(), package, name);
  if (!found.ok()) return found.status();
  if (*found == nullptr) return notFound();
  const ActionRecord& action = (*found)->record;

  const auto wait = parseWait(call.request);
  if (!wait.ok()) return wait.status();
  const auto result_only = queryFlag(call.request, "result");
  if (!result_only.ok()) return result_only.status();
  auto arguments = parseArguments(call.request, action);
  if (!arguments.ok()) return arguments.status();
  const Kind* kind = context.manifest.find(action.kind);
  if (kind == nullptr || (*found)->action == nullptr) {
    return absl::InvalidArgumentError(
        fmt::format("The action's kind '{}' is not in this server's manifest any more; it has: {}.",
                    action.kind, context.manifest.kindNames()));
  }
  if (!kind->can_run) {
    return absl::InvalidArgumentError(cannotRunMessage(*kind, context.manifest));
  }
  // It was when the action was made, perhaps.
  if (action.image && !context.manifest.allowsImage(*action.image)) {
    return absl::InvalidArgumentError(imageNotAllowedMessage(*action.image, context.manifest));
  }

  Invocation invocation;
  invocation.action = *found;
  invocation.slot = std::get<InvocationThrottle::Slot>(std::move(admission));
  invocation.api_key = call.caller.api_key.text();
  invocation.arguments = *std::move(arguments);
  invocation.transaction_id = call.transaction_id;
  invocation.wait = *wait;
  const InvocationAnswer answer = context.invoker.invoke(std::move(invocation));

  http::Response response;
  if (answer.refused) {
    return errorAnswer(httpStatusOf(*answer.refused),
                       refusalMessage(*answer.refused, action, context.user_memory),
                       call.transaction_id);
  }
  if (answer.record) {
    response = answerWith(*answer.record, *result_only);
  } else {
    response = jsonAnswer(ObjectText().string("activationId", answer.activation_id).text(), 202);
  }
  response.headers.push_back({"x-openwhisk-activation-id", answer.activation_id});
  return response;
}

}  // namespace owpool::daemon
