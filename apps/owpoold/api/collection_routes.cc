// What is the same for everybody or empty: the API's description, namespaces, limits,
// and the collections that clients list and that this server does not have.
#include "json/json.h"
#include "owpoold/api/answers.h"
#include "owpoold/api/api_docs.h"
#include "owpoold/api/routes.h"
#include "owpoold/api/shapes.h"
#include "owpoold/support/json_text.h"

namespace owpool::daemon {
namespace {

Answer emptyCollection(const Call& call, const std::string& name) {
  const auto page = queryPage(call.request, name);
  if (!page.ok()) return page.status();
  const auto count = queryFlag(call.request, "count");
  if (!count.ok()) return count.status();
  return jsonAnswer(*count ? ObjectText().integer(name, 0).text() : "[]");
}

}  // namespace

Answer getApiInfo(const ApiContext&, const Call&) { return jsonAnswer(apiInfoJson()); }

Answer getApiDocs(const ApiContext&, const Call&) { return jsonAnswer(apiDocsJson()); }

// OpenWhisk has pages for people here; this server has the document only.
Answer getDocs(const ApiContext&, const Call&) {
  http::Response response = textAnswer("");
  response.status = 308;
  response.headers.push_back({"Location", "/api/v1/api-docs"});
  return response;
}

Answer listNamespaces(const ApiContext&, const Call& call) {
  return jsonAnswer(arrayText(std::vector<std::string>{json::quote(call.owner().name)}));
}

Answer getLimits(const ApiContext& context, const Call& call) {
  return jsonAnswer(limitsJson(context.namespaces.limitsOf(*call.caller.home)));
}

Answer listTriggers(const ApiContext&, const Call& call) {
  return emptyCollection(call, "triggers");
}

Answer listRules(const ApiContext&, const Call& call) { return emptyCollection(call, "rules"); }

}  // namespace owpool::daemon
