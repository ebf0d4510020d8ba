#include "owpoold/api/shapes.h"

#include <algorithm>

#include "fmt/format.h"
#include "owpoold/support/json_text.h"
#include "owpool/version.h"

namespace owpool::daemon {
namespace {

// What tells of a limit that there is none: clients expect a number.
constexpr std::int64_t kUnlimited = 999999;

std::int64_t limitForClients(std::int64_t limit) {
  return limit == InvocationLimits::kUnlimited ? kUnlimited : limit;
}

std::string actionNamespace(const ActionRecord& record) {
  return record.package.empty() ? record.owner.name : record.owner.name + "/" + record.package;
}

std::string execJson(const ActionRecord& record, WithCode with_code) {
  ObjectText exec;
  exec.string("kind", record.kind);
  if (record.image) exec.string("image", *record.image);
  const bool has_code = !record.image || !record.code.empty();
  if (with_code == WithCode::Yes && has_code) exec.string("code", record.code);
  exec.boolean("binary", record.binary);
  if (record.main) exec.string("main", *record.main);
  return exec.text();
}

// Nobody makes a package, so nobody gives it a version or annotations.
ObjectText packageHead(const NamespaceId& owner, const PackageRecord& record) {
  ObjectText object;
  object.string("namespace", owner.name)
      .string("name", record.name)
      .string("version", "0.0.1")
      .boolean("publish", false)
      .json("annotations", "[]")
      .integer("updated", record.updated_ms);
  return object;
}

// Members that the list form and the whole have in common; "package/name" shows in
// the annotation "path" only.
ObjectText activationHead(const ActivationRecord& record) {
  ObjectText object;
  object.string("namespace", record.owner.name)
      .string("name", record.name)
      .string("version", record.version)
      .string("activationId", record.id)
      .integer("start", record.start_ms)
      .integer("end", record.end_ms)
      .integer("duration", record.duration_ms)
      .json("annotations", record.annotations)
      .boolean("publish", false);
  return object;
}

}  // namespace

std::string_view statusText(ActivationStatus status) {
  switch (status) {
    case ActivationStatus::Success: return "success";
    case ActivationStatus::ApplicationError: return "application error";
    case ActivationStatus::DeveloperError: return "action developer error";
    case ActivationStatus::WhiskError: return "whisk internal error";
  }
  return "";
}

std::string actionLimitsJson(const ActionLimits& limits) {
  return ObjectText()
      .integer("timeout", limits.timeout_ms)
      .integer("memory", limits.memory_mb)
      .integer("logs", limits.logs_mb)
      .integer("concurrency", limits.concurrency)
      .text();
}

std::string actionJson(const ActionRecord& record, WithCode with_code) {
  return ObjectText()
      .string("namespace", actionNamespace(record))
      .string("name", record.name)
      .string("version", record.version)
      .boolean("publish", record.publish)
      .json("exec", execJson(record, with_code))
      .json("parameters", keyValuesJson(record.parameters))
      .json("limits", actionLimitsJson(record.limits))
      .json("annotations", keyValuesJson(record.annotations))
      .integer("updated", record.updated_ms)
      .text();
}

std::string actionSummaryJson(const ActionRecord& record) {
  return ObjectText()
      .string("namespace", actionNamespace(record))
      .string("name", record.name)
      .string("version", record.version)
      .boolean("publish", record.publish)
      .json("exec", ObjectText().boolean("binary", record.binary).text())
      .json("limits", actionLimitsJson(record.limits))
      .json("annotations", keyValuesJson(record.annotations))
      .integer("updated", record.updated_ms)
      .text();
}

std::string packageSummaryJson(const NamespaceId& owner, const PackageRecord& record) {
  return packageHead(owner, record).boolean("binding", false).text();
}

std::string packageJson(const std::string& name, const std::vector<ActionRecord>& actions) {
  PackageRecord record{name, 0};
  std::vector<std::string> texts;
  for (const ActionRecord& action : actions) {
    record.updated_ms = std::max(record.updated_ms, action.updated_ms);
    texts.push_back(ObjectText()
                        .string("name", action.name)
                        .string("version", action.version)
                        .json("annotations", keyValuesJson(action.annotations))
                        .text());
  }
  return packageHead(actions.front().owner, record)
      .json("parameters", "[]")
      .json("binding", "{}")
      .json("actions", arrayText(texts))
      .json("feeds", "[]")
      .text();
}

std::string activationResultJson(const ActivationRecord& record) {
  return ObjectText()
      .json("result", record.result)
      .boolean("success", record.status == ActivationStatus::Success)
      .string("status", statusText(record.status))
      .integer("size", static_cast<std::int64_t>(record.result.size()))
      .text();
}

std::string activationJson(const ActivationRecord& record) {
  return activationHead(record)
      .string("subject", record.owner.name)
      .json("response", activationResultJson(record))
      .json("logs", record.logs)
      .text();
}

std::string activationSummaryJson(const ActivationRecord& record) {
  return activationHead(record)
      .integer("statusCode", static_cast<std::int64_t>(record.status))
      .text();
}

std::string errorJson(std::string_view message, std::string_view transaction_id) {
  return ObjectText().string("error", message).string("code", transaction_id).text();
}

std::string serverInfoJson(const Manifest& manifest, const LimitRanges& ranges,
                           const InvocationLimits& invocation) {
  constexpr std::int64_t kMebibyte = 1024 * 1024;
  const ActionLimits defaults;
  const std::int64_t per_minute = limitForClients(invocation.per_minute);
  const std::int64_t concurrent = limitForClients(invocation.concurrent);
  const std::string limits = ObjectText()
                                 .integer("actions_per_minute", per_minute)
                                 .integer("triggers_per_minute", 0)
                                 .integer("concurrent_actions", concurrent)
                                 .integer("sequence_length", 0)
                                 .integer("default_action_duration", defaults.timeout_ms)
                                 .integer("min_action_duration", ranges.timeout_ms.min)
                                 .integer("max_action_duration", ranges.timeout_ms.max)
                                 .integer("default_action_memory", defaults.memory_mb * kMebibyte)
                                 .integer("min_action_memory", ranges.memory_mb.min * kMebibyte)
                                 .integer("max_action_memory", ranges.memory_mb.max * kMebibyte)
                                 .integer("default_action_logs", defaults.logs_mb * kMebibyte)
                                 .integer("min_action_logs", ranges.logs_mb.min * kMebibyte)
                                 .integer("max_action_logs", ranges.logs_mb.max * kMebibyte)
                                 .text();
  const std::string support =
      ObjectText()
          .string("github", "https://github.com/apache/openwhisk/issues")
          .string("slack", "http://slack.openwhisk.org")
          .text();
  return ObjectText()
      .string("description", "OpenWhisk")
      .json("support", support)
      .json("api_paths", R"(["/api/v1"])")
      .json("limits", limits)
      .json("runtimes", manifest.familiesJson())
      .text();
}

std::string apiInfoJson() {
  return ObjectText()
      .string("description", "OpenWhisk API")
      .string("api_version", "1.0.0")
      .string("api_version_path", "v1")
      .string("build", "owpoold")
      .string("buildno", version())
      .json("swagger_paths", R"({"ui":"/docs","api-docs":"/api-docs"})")
      .text();
}

std::string limitsJson(const InvocationLimits& limits) {
  return ObjectText()
      .integer("invocationsPerMinute", limitForClients(limits.per_minute))
      .integer("concurrentInvocations", limitForClients(limits.concurrent))
      .integer("firesPerMinute", 0)
      .json("allowedKinds", "[]")
      .boolean("storeActivations", true)
      .text();
}

}  // namespace owpool::daemon
