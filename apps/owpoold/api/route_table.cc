#include "owpoold/api/route_table.h"

#include <cstddef>
#include <utility>

#include "absl/strings/str_split.h"

namespace owpool::daemon {
namespace {

using Query = std::vector<QueryParameter>;

constexpr std::string_view kActions = "/namespaces/{namespace}/actions";
constexpr std::string_view kAction = "/namespaces/{namespace}/actions/{actionName}";
constexpr std::string_view kPackagedAction =
    "/namespaces/{namespace}/actions/{packageName}/{actionName}";
constexpr std::string_view kActivation = "/namespaces/{namespace}/activations/{activationid}";

Query listQuery() {
  return {{"limit", "integer", "How many at most: 0 to 200, by default 30; 0 means 200."},
          {"skip", "integer", "How many to leave out at the beginning."},
          {"count", "boolean", "Only how many there are: {\"COLLECTION\": NUMBER}."}};
}

Query activationsQuery() {
  Query query = listQuery();
  query.push_back({"name", "string", "Those of this action: NAME or PACKAGE/NAME."});
  query.push_back({"since", "integer", "Not before this time, in milliseconds since 1970."});
  query.push_back({"upto", "integer", "Not after this time, in milliseconds since 1970."});
  query.push_back({"docs", "boolean", "The whole records, with result and logs."});
  return query;
}

Query invokeQuery() {
  return {{"blocking", "boolean", "Whether to wait for the result. By default no."},
          {"result", "boolean", "Only the result, not the record. By default no."},
          {"timeout", "integer",
           "How long to wait for the result, in milliseconds: 1 to 60000, which is the default. "
           "Then the answer is 202."}};
}

// The operations of one action, whether or not it stands in a package.
void addAction(std::vector<Route>& routes, std::string_view path, bool in_package) {
  const auto name = [&](std::string_view plain, std::string_view packaged) {
    return in_package ? packaged : plain;
  };
  routes.push_back({"PUT", path, name("putAction", "putActionInPackage"),
                    "Create an action, or update it",
                    {{"overwrite", "boolean",
                      "Whether an action that is there is updated. By default it is not."}},
                    "ActionPut",
                    {{200, "Action"}, {400, "Error"}, {409, "Error"}, {413, "Error"}},
                    putAction});
  routes.push_back({"GET", path, name("getAction", "getActionInPackage"), "Read an action",
                    {{"code", "boolean", "Whether with its code. By default yes."}},
                    "",
                    {{200, "Action"}, {404, "Error"}},
                    getAction});
  routes.push_back({"DELETE", path, name("deleteAction", "deleteActionInPackage"),
                    "Delete an action",
                    {},
                    "",
                    {{200, "Action"}, {404, "Error"}, {409, "Error"}},
                    deleteAction});
  routes.push_back({"POST", path, name("invokeAction", "invokeActionInPackage"),
                    "Invoke an action",
                    invokeQuery(),
                    "Payload",
                    {{200, "Activation"}, {202, "ActivationId"}, {400, "Error"}, {404, "Error"},
                     {413, "Error"}, {429, "Error"}, {500, "Activation"}, {502, "Activation"},
                     {503, "Error"}},
                    invokeAction});
}

void addActions(std::vector<Route>& routes) {
  routes.push_back({"GET", kActions, "listActions", "List actions", listQuery(), "",
                    {{200, "[]ActionBrief"}, {400, "Error"}}, listActions});
  routes.push_back({"GET", "/namespaces/{namespace}/actions/{packageName}/", "listPackageActions",
                    "List the actions of a package", listQuery(), "",
                    {{200, "[]ActionBrief"}, {400, "Error"}, {404, "Error"}}, listPackageActions});
  addAction(routes, kAction, false);
  addAction(routes, kPackagedAction, true);
}

void addActivations(std::vector<Route>& routes) {
  routes.push_back({"GET", "/namespaces/{namespace}/activations", "listActivations",
                    "List activations, the newest first", activationsQuery(), "",
                    {{200, "[]ActivationBrief"}, {400, "Error"}, {413, "Error"}},
                    listActivations});
  routes.push_back({"GET", kActivation, "getActivation", "Read the record of an activation", {}, "",
                    {{200, "Activation"}, {400, "Error"}, {404, "Error"}}, getActivation});
  routes.push_back({"GET", "/namespaces/{namespace}/activations/{activationid}/result",
                    "getActivationResult", "Read the result of an activation", {}, "",
                    {{200, "ActivationResult"}, {400, "Error"}, {404, "Error"}},
                    getActivationResult});
  routes.push_back({"GET", "/namespaces/{namespace}/activations/{activationid}/logs",
                    "getActivationLogs", "Read the logs of an activation", {}, "",
                    {{200, "ActivationLogs"}, {400, "Error"}, {404, "Error"}}, getActivationLogs});
}

std::vector<Route> makeTable() {
  std::vector<Route> routes;
  routes.push_back({"GET", "", "getApiInfo", "Read what this API is", {}, "", {{200, "ApiInfo"}},
                    getApiInfo});
  routes.push_back({"GET", "/api-docs", "getApiDocs", "Read this document", {}, "",
                    {{200, "Object"}}, getApiDocs});
  routes.push_back({"GET", "/docs", "getDocs", "Where the documents are", {}, "", {{308, ""}},
                    getDocs});
  routes.push_back({"GET", "/namespaces", "listNamespaces", "List the namespace of the key", {}, "",
                    {{200, "[]Name"}}, listNamespaces});
  routes.push_back({"GET", "/namespaces/{namespace}/limits", "getLimits",
                    "Read the limits of a namespace", {}, "", {{200, "Limits"}}, getLimits});
  addActions(routes);
  addActivations(routes);
  routes.push_back({"GET", "/namespaces/{namespace}/packages", "listPackages",
                    "List the packages that have actions", listQuery(), "",
                    {{200, "[]PackageBrief"}, {400, "Error"}}, listPackages});
  routes.push_back({"GET", "/namespaces/{namespace}/packages/{packageName}", "getPackage",
                    "Read a package: its actions", {}, "",
                    {{200, "Package"}, {400, "Error"}, {404, "Error"}}, getPackage});
  routes.push_back({"GET", "/namespaces/{namespace}/triggers", "listTriggers",
                    "List triggers, of which there are none", listQuery(), "",
                    {{200, "[]Object"}, {400, "Error"}}, listTriggers});
  routes.push_back({"GET", "/namespaces/{namespace}/rules", "listRules",
                    "List rules, of which there are none", listQuery(), "",
                    {{200, "[]Object"}, {400, "Error"}}, listRules});
  return routes;
}

}  // namespace

const std::vector<Route>& routeTable() {
  static const std::vector<Route> kTable = makeTable();
  return kTable;
}

bool needsKey(const Route& route) { return route.path.rfind("/namespaces", 0) == 0; }

std::optional<std::vector<std::string>> matchRoute(std::string_view path,
                                                   const std::vector<std::string>& segments,
                                                   bool ends_in_slash) {
  const std::vector<std::string> parts =
      absl::StrSplit(std::string(path), '/', absl::SkipEmpty());
  const bool wants_slash = !path.empty() && path.back() == '/';
  if (parts.size() != segments.size() || (wants_slash && !ends_in_slash)) return std::nullopt;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (parts[i].front() == '{') {
      names.push_back(segments[i]);
    } else if (parts[i] != segments[i]) {
      return std::nullopt;
    }
  }
  return names;
}

}  // namespace owpool::daemon
