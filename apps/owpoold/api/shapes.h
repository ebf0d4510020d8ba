// The JSON of OpenWhisk's API. Pure.
#ifndef OWPOOLD_API_SHAPES_H_
#define OWPOOLD_API_SHAPES_H_

#include <string>
#include <string_view>
#include <vector>

#include "owpoold/access/invocation_throttle.h"
#include "owpoold/api/action_input.h"
#include "owpoold/records/action_record.h"
#include "owpoold/records/activation_record.h"
#include "owpoold/records/store.h"
#include "owpoold/config/manifest.h"

namespace owpool::daemon {

enum class WithCode { No, Yes };
std::string actionJson(const ActionRecord& record, WithCode with_code);
// As it stands in a list.
std::string actionSummaryJson(const ActionRecord& record);

// As it stands in a list.
std::string packageSummaryJson(const NamespaceId& owner, const PackageRecord& record);
// With its actions, of which there is at least one.
std::string packageJson(const std::string& name, const std::vector<ActionRecord>& actions);

// As in "response": "action developer error".
std::string_view statusText(ActivationStatus status);
// The whole record.
std::string activationJson(const ActivationRecord& record);
// As it stands in a list: without response and logs.
std::string activationSummaryJson(const ActivationRecord& record);
// {"result":…,"success":…,"status":…,"size":…}
std::string activationResultJson(const ActivationRecord& record);

// {"error":…,"code":…}: clients look for both.
std::string errorJson(std::string_view message, std::string_view transaction_id);

// GET /
std::string serverInfoJson(const Manifest& manifest, const LimitRanges& ranges,
                           const InvocationLimits& invocation_limits);
std::string apiInfoJson();  // GET /api/v1
std::string actionLimitsJson(const ActionLimits& limits);
std::string limitsJson(const InvocationLimits& limits);  // GET …/limits

}  // namespace owpool::daemon

#endif  // OWPOOLD_API_SHAPES_H_
