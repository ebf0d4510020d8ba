#include "owpoold/api/action_input.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_join.h"
#include "fmt/format.h"
#include "json/json.h"
#include "owpoold/config/docker_options.h"

namespace owpool::daemon {
namespace {

absl::Status malformed(const std::string& what) {
  return absl::InvalidArgumentError("The request content was malformed:\n" + what);
}

absl::Status tooLarge(std::string_view what, std::size_t size, ByteSize max) {
  return absl::ResourceExhaustedError(
      fmt::format("{} larger than allowed: {} > {} bytes.", what, size, max.count()));
}

// A member that is null is one that is not there: so say OpenWhisk's clients.
std::optional<json::Value> present(const json::Value& object, std::string_view name) {
  auto member = object.member(name);
  if (member && member->type() == json::Type::Null) return std::nullopt;
  return member;
}

enum class Code { Required, Optional };

absl::Status applyCode(ActionRecord& record, const json::Value& exec, Code presence) {
  const auto code = present(exec, "code");
  auto text = code ? code->asString() : std::nullopt;
  if (!code && presence == Code::Optional) text = "";
  if (!text || (text->empty() && presence == Code::Required)) {
    return malformed(
        "exec.code must be a string that is not empty: the source text, or a zip in base64");
  }
  if (static_cast<std::int64_t>(text->size()) > kCodeMax.count()) {
    return tooLarge("exec", text->size(), kCodeMax);
  }
  record.code = *text;
  record.binary = looksLikeBase64(*text);
  const auto binary = present(exec, "binary");
  if (binary && !binary->asBool()) return malformed("exec.binary must be true or false");
  record.main.reset();
  if (const auto main = present(exec, "main")) {
    record.main = main->asString();
    if (!record.main || record.main->empty()) {
      return malformed("exec.main must be a string that is not empty");
    }
  }
  return absl::OkStatus();
}

absl::Status applyBlackbox(ActionRecord& record, const json::Value& exec,
                           const Manifest& manifest) {
  const Kind* blackbox = manifest.find("blackbox");
  if (blackbox == nullptr) {
    return malformed(
        "exec.kind 'blackbox' cannot run here: its actions bring a container image, and this "
        "server runs actions as processes of its own machine");
  }
  const auto image = present(exec, "image");
  const auto name = image ? image->asString() : std::nullopt;
  if (!name || !isPartOfImageName(*name)) {
    return malformed("exec.image must be the name of a container image, for the kind 'blackbox'");
  }
  if (!manifest.allowsImage(*name)) return malformed(imageNotAllowedMessage(*name, manifest));
  record.kind = blackbox->name;
  record.image = *name;
  return applyCode(record, exec, Code::Optional);
}

absl::Status applyExec(ActionRecord& record, const json::Value& exec, const Manifest& manifest) {
  if (!exec.isObject()) return malformed("exec must be an object");
  const auto kind = present(exec, "kind");
  const auto text = kind ? kind->asString() : std::nullopt;
  if (!text) return malformed("exec.kind must be a string");
  std::string name = absl::AsciiStrToLower(*text);
  absl::StripAsciiWhitespace(&name);
  if (name == "sequence") {
    return malformed(
        "exec.kind 'sequence' not supported: this server invokes actions one by one only");
  }
  if (name == "blackbox") return applyBlackbox(record, exec, manifest);
  const Kind* known = manifest.find(name);
  if (known == nullptr) {
    return malformed(fmt::format("kind '{}' not in Set({})", name, manifest.kindNames()));
  }
  if (!known->can_run) return malformed(cannotRunMessage(*known, manifest));
  record.kind = known->name;
  record.image.reset();
  const auto status = applyCode(record, exec, Code::Required);
  if (status.ok() && known->requires_main && !record.main) {
    return malformed(
        fmt::format("'main' must be a string defined in 'exec' for '{}' actions", known->name));
  }
  return status;
}

absl::Status applyLimit(const json::Value& limits, const std::string& name, LimitRange range,
                        std::string_view unit, std::int64_t& field) {
  const auto value = present(limits, name);
  if (!value) return absl::OkStatus();
  const auto number = value->asInteger();
  if (!number || *number < range.min || *number > range.max) {
    return malformed(fmt::format("limits.{} must be a whole number from {} to {}{}, not {}", name,
                                 range.min, range.max, unit, value->text().substr(0, 40)));
  }
  field = *number;
  return absl::OkStatus();
}

absl::Status applyLimits(ActionRecord& record, const json::Value& limits,
                         const LimitRanges& ranges) {
  if (!limits.isObject()) return malformed("limits must be an object");
  ActionLimits& l = record.limits;
  absl::Status status = applyLimit(limits, "timeout", ranges.timeout_ms, " ms", l.timeout_ms);
  status.Update(applyLimit(limits, "memory", ranges.memory_mb, " MB", l.memory_mb));
  status.Update(applyLimit(limits, "logs", ranges.logs_mb, " MB", l.logs_mb));
  status.Update(applyLimit(limits, "concurrency", ranges.concurrency, "", l.concurrency));
  return status;
}

// OpenWhisk's defaults, where they are within what is allowed here.
ActionLimits defaultLimits(const LimitRanges& ranges) {
  ActionLimits limits;
  const auto within = [](std::int64_t value, const LimitRange& range) {
    return std::clamp(value, range.min, std::max(range.min, range.max));
  };
  limits.timeout_ms = within(limits.timeout_ms, ranges.timeout_ms);
  limits.memory_mb = within(limits.memory_mb, ranges.memory_mb);
  return limits;
}

absl::StatusOr<KeyValues> readKeyValues(const json::Value& value, const std::string& field) {
  auto parsed = parseKeyValues(value);
  if (!parsed) {
    return malformed(field + " must be an array of {\"key\": STRING, \"value\": ANYTHING}, "
                             "perhaps with \"init\": BOOLEAN or \"encryption\": STRING");
  }
  std::size_t size = 0;  // As OpenWhisk counts it.
  for (const KeyValue& entry : *parsed) size += entry.key.size() + entry.value.size();
  if (static_cast<std::int64_t>(size) > kParametersMax.count()) {
    return tooLarge(field, size, kParametersMax);
  }
  return *std::move(parsed);
}

absl::Status deleteAnnotations(ActionRecord& record, const json::Value& keys) {
  if (!keys.isArray()) return malformed("delAnnotations must be an array of strings");
  for (const json::Value& element : keys.elements()) {
    const auto key = element.asString();
    if (!key) return malformed("delAnnotations must be an array of strings");
    removeValue(record.annotations, *key);
  }
  return absl::OkStatus();
}

// OpenWhisk's update adds to the annotations that are there. But a client that puts
// back what it has read means the whole list: we know it by the annotation "exec",
// which nobody but the server sets. wskdebug could not take its own ones away else.
absl::Status applyAnnotations(ActionRecord& record, const json::Value& body, bool is_update) {
  if (const auto keys = present(body, "delAnnotations"); keys && is_update) {
    if (auto status = deleteAnnotations(record, *keys); !status.ok()) return status;
  }
  const auto value = present(body, "annotations");
  if (!value) return absl::OkStatus();
  auto annotations = readKeyValues(*value, "annotations");
  if (!annotations.ok()) return annotations.status();
  if (!is_update || findValue(*annotations, "exec") != nullptr) {
    record.annotations = *std::move(annotations);
    return absl::OkStatus();
  }
  for (KeyValue& entry : *annotations) {
    setValue(record.annotations, entry.key, std::move(entry.value));
  }
  return absl::OkStatus();
}

absl::Status applyParameters(ActionRecord& record, const json::Value& body) {
  const auto value = present(body, "parameters");
  if (!value) return absl::OkStatus();
  auto parameters = readKeyValues(*value, "parameters");
  if (!parameters.ok()) return parameters.status();
  record.parameters = *std::move(parameters);
  return absl::OkStatus();
}

absl::Status applyVersion(ActionRecord& record, const json::Value& body, bool is_update) {
  const auto version = present(body, "version");
  if (!version) {
    if (is_update) record.version = nextPatchVersion(record.version);
    return absl::OkStatus();
  }
  const auto text = version->asString();
  if (!text || !isVersion(*text)) {
    return malformed("version must be a string of three whole numbers, like \"0.0.1\"");
  }
  record.version = *text;
  return absl::OkStatus();
}

absl::Status applyMembers(ActionRecord& record, const json::Value& body, bool is_update,
                          const Manifest& manifest, const LimitRanges& ranges) {
  absl::Status status;
  if (const auto exec = present(body, "exec")) {
    status.Update(applyExec(record, *exec, manifest));
  } else if (!is_update) {
    status.Update(malformed("exec undefined: a new action needs \"exec\" with kind and code"));
  }
  if (const auto limits = present(body, "limits")) {
    status.Update(applyLimits(record, *limits, ranges));
  }
  status.Update(applyParameters(record, body));
  status.Update(applyAnnotations(record, body, is_update));
  if (const auto publish = present(body, "publish")) {
    const auto value = publish->asBool();
    if (!value) status.Update(malformed("publish must be true or false"));
    record.publish = value.value_or(false);
  }
  status.Update(applyVersion(record, body, is_update));
  return status;
}

}  // namespace

std::string cannotRunMessage(const Kind& kind, const Manifest& manifest) {
  return fmt::format(
      "kind '{}' is in this server's manifest but cannot run here: there is no {} for it. "
      "These can: {}", kind.name, manifest.find("blackbox") == nullptr ? "program" : "image",
      manifest.runnableKindNames());
}

std::string imageNotAllowedMessage(const std::string& image, const Manifest& manifest) {
  const std::string allowed = absl::StrJoin(manifest.blackboxImages(), ", ");
  return fmt::format("exec.image '{}' is not allowed: this server runs {} (its option "
                     "blackbox-images)", image,
                     allowed.empty() ? "no images that actions bring" : "only " + allowed);
}

bool looksLikeBase64(std::string_view code) {
  const std::string text(absl::StripAsciiWhitespace(std::string(code)));
  if (text.empty() || text.size() % 4 != 0) return false;
  std::size_t length = text.size();
  for (int i = 0; i < 2 && text[length - 1] == '='; ++i) --length;
  for (std::size_t i = 0; i < length; ++i) {
    const char c = text[i];
    if (!absl::ascii_isalnum(static_cast<unsigned char>(c)) && c != '+' && c != '/') return false;
  }
  return true;
}

bool isVersion(std::string_view version) {
  int parts = 0;
  std::size_t digits = 0;
  for (const char c : std::string(version) + ".") {
    if (c == '.') {
      if (digits == 0 || digits > 9) return false;
      ++parts;
      digits = 0;
    } else if (absl::ascii_isdigit(static_cast<unsigned char>(c))) {
      ++digits;
    } else {
      return false;
    }
  }
  return parts == 3;
}

std::string nextPatchVersion(const std::string& version) {
  const std::size_t dot = version.rfind('.');
  std::int64_t patch = 0;
  std::from_chars(version.data() + dot + 1, version.data() + version.size(), patch);
  return version.substr(0, dot + 1) + std::to_string(patch + 1);
}

absl::StatusOr<ActionRecord> applyActionInput(std::string body, const ActionRecord* existing,
                                              const Manifest& manifest,
                                              const LimitRanges& ranges) {
  const auto parsed = json::parse(std::move(body));
  if (!parsed.ok()) return malformed(std::string(parsed.status().message()));
  if (!parsed->isObject()) return malformed("the body must be an object");

  ActionRecord record;
  record.limits = defaultLimits(ranges);
  if (existing != nullptr) record = *existing;
  const auto status = applyMembers(record, *parsed, existing != nullptr, manifest, ranges);
  if (!status.ok()) return status;
  const Kind* kind = manifest.find(record.kind);
  if (kind != nullptr && kind->is_deprecated) {
    return absl::InvalidArgumentError(
        fmt::format("The '{}' runtime is no longer supported. You may read and delete but not "
                    "update or invoke this action.", record.kind));
  }

  if (existing == nullptr && findValue(record.annotations, "provide-api-key") == nullptr) {
    setValue(record.annotations, "provide-api-key", "false");
  }
  setValue(record.annotations, "exec", json::quote(record.kind));
  return record;
}

}  // namespace owpool::daemon
