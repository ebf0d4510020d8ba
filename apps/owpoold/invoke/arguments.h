// What an activation is given, out of its action's parameters and its payload. Pure.
#ifndef OWPOOLD_INVOKE_ARGUMENTS_H_
#define OWPOOLD_INVOKE_ARGUMENTS_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "json/json.h"
#include "owpool/container_factory.h"
#include "owpoold/records/action_record.h"

namespace owpool::daemon {

struct Arguments {
  std::string parameters = "{}";  // JSON text, for /run.
  ActionEnvironment environment;  // For /init.
};

// An object is laid over the action's own parameters. Those that the action has with
// "init" then become variables of /init, whoever gave their value, and the rest is for
// /run. An array goes to /run as it is, without any. REQUIRES: the payload, if there is
// one, is an object or an array. Fails only if the action's record is damaged.
absl::StatusOr<Arguments> argumentsOf(const ActionRecord& action,
                                      const std::optional<json::Value>& payload);

}  // namespace owpool::daemon

#endif  // OWPOOLD_INVOKE_ARGUMENTS_H_
