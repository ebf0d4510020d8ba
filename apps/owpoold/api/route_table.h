// Every operation below /api/v1: its path, its parameters, its answers and who gives
// them. Requests are dispatched by this table and api-docs is written from it, so
// neither has what the other lacks.
#ifndef OWPOOLD_API_ROUTE_TABLE_H_
#define OWPOOLD_API_ROUTE_TABLE_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "owpoold/api/routes.h"

namespace owpool::daemon {

struct QueryParameter {
  std::string_view name;
  std::string_view type;  // As Swagger calls it: "boolean", "integer", "string".
  std::string_view description;
};

struct RouteAnswer {
  int status;
  // One of the definitions of api_docs.cc, "[]" before it for an array of them. Empty: no body.
  std::string_view schema;
};

struct Route {
  std::string_view method;  // A GET answers HEAD as well.
  // Below /api/v1. "{…}" stands for any name. One that ends in a slash wants it, and
  // stands before the same without; else a slash at the end makes no difference.
  std::string_view path;
  std::string_view operation;  // Its name in api-docs.
  std::string_view summary;
  std::vector<QueryParameter> query;
  std::string_view body;  // A definition; empty: there is none.
  std::vector<RouteAnswer> answers;
  Answer (*answer)(const ApiContext& context, const Call& call);
};

const std::vector<Route>& routeTable();

// Who calls it must have a key.
bool needsKey(const Route& route);

// What stands for the "{…}" of "path", in order; nullopt if "segments" (below /api/v1,
// none empty) are not such a path.
std::optional<std::vector<std::string>> matchRoute(std::string_view path,
                                                   const std::vector<std::string>& segments,
                                                   bool ends_in_slash);

}  // namespace owpool::daemon

#endif  // OWPOOLD_API_ROUTE_TABLE_H_
