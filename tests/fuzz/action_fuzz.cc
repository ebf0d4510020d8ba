// The body of PUT …/actions/NAME: refused with a reason, or an action within the limits,
// to which the same body can be applied again.
#include <optional>
#include <string>

#include "json/json.h"
#include "owpoold/api/action_input.h"
#include "tests/fuzz/fuzz_target.h"

namespace owpool::fuzz {
namespace {

using namespace owpool::daemon;

const LimitRanges kRanges;

void checkAction(const ActionRecord& action, const Manifest& manifest) {
  must(manifest.find(action.kind) != nullptr, "its kind is known");
  must(!action.code.empty(), "it has code");
  must(!action.main || !action.main->empty(), "its entry point has a name or is the usual one");
  must(isVersion(action.version), "its version is one");
  const auto within = [](std::int64_t value, LimitRange range) {
    return value >= range.min && value <= range.max;
  };
  must(within(action.limits.timeout_ms, kRanges.timeout_ms), "its time limit is allowed");
  must(within(action.limits.memory_mb, kRanges.memory_mb), "its memory limit is allowed");
  must(within(action.limits.logs_mb, kRanges.logs_mb), "its log limit is allowed");
  must(within(action.limits.concurrency, kRanges.concurrency), "its concurrency is allowed");
  for (const auto* values : {&action.parameters, &action.annotations}) {
    const auto list = json::parse(keyValuesJson(*values));
    must(list.ok() && parseKeyValues(*list) == *values, "its parameters are written as read");
    must(json::parse(keyValuesAsObject(*values)).ok(), "and can be given to a container");
  }
}

}  // namespace
}  // namespace owpool::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace owpool::daemon;
  using namespace owpool::fuzz;
  static const Manifest manifest =
      *Manifest::parse(R"({"runtimes":{"nodejs":[{"kind":"nodejs:20","default":true}]}})", "/");
  const std::string body(textOf(data, size));
  const auto created = applyActionInput(body, nullptr, manifest, kRanges);
  if (!created.ok()) {
    must(!created.status().message().empty(), "a refusal says why");
    return 0;
  }
  checkAction(*created, manifest);
  const auto updated = applyActionInput(body, &*created, manifest, kRanges);
  must(updated.ok(), "what may be created may be updated");
  checkAction(*updated, manifest);
  must(updated->parameters == created->parameters, "an update sets what it names");
  return 0;
}
