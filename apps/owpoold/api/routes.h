// Who answers what: each function is one operation of the API, the caller being known
// and the namespace his. Call::names are the names in the path, as route_table.h says.
#ifndef OWPOOLD_API_ROUTES_H_
#define OWPOOLD_API_ROUTES_H_

#include <string>

#include "absl/status/statusor.h"
#include "http/server.h"
#include "owpoold/api/api.h"

namespace owpool::daemon {

using Answer = absl::StatusOr<http::Response>;

Answer getApiInfo(const ApiContext& context, const Call& call);
Answer getApiDocs(const ApiContext& context, const Call& call);
Answer getDocs(const ApiContext& context, const Call& call);

Answer listNamespaces(const ApiContext& context, const Call& call);
Answer getLimits(const ApiContext& context, const Call& call);

Answer listActions(const ApiContext& context, const Call& call);
Answer listPackageActions(const ApiContext& context, const Call& call);
Answer putAction(const ApiContext& context, const Call& call);
Answer getAction(const ApiContext& context, const Call& call);
Answer deleteAction(const ApiContext& context, const Call& call);
Answer invokeAction(const ApiContext& context, const Call& call);

Answer listActivations(const ApiContext& context, const Call& call);
Answer getActivation(const ApiContext& context, const Call& call);
Answer getActivationResult(const ApiContext& context, const Call& call);
Answer getActivationLogs(const ApiContext& context, const Call& call);

Answer listPackages(const ApiContext& context, const Call& call);
Answer getPackage(const ApiContext& context, const Call& call);
Answer listTriggers(const ApiContext& context, const Call& call);
Answer listRules(const ApiContext& context, const Call& call);

}  // namespace owpool::daemon

#endif  // OWPOOLD_API_ROUTES_H_
