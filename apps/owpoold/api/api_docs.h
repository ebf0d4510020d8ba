// GET /api/v1/api-docs: what this API has, as Swagger 2.0 says such things.
#ifndef OWPOOLD_API_API_DOCS_H_
#define OWPOOLD_API_API_DOCS_H_

#include <string>

namespace owpool::daemon {

// Written from routeTable().
std::string apiDocsJson();

}  // namespace owpool::daemon

#endif  // OWPOOLD_API_API_DOCS_H_
