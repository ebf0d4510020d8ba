#ifndef OWPOOLD_API_INVOKE_ROUTE_H_
#define OWPOOLD_API_INVOKE_ROUTE_H_

#include <string>

#include "owpoold/api/routes.h"

namespace owpool::daemon {

// The answer of invokeAction() for this action of the caller's namespace.
Answer invoke(const ApiContext& context, const Call& call, const std::string& package,
              const std::string& name);

}  // namespace owpool::daemon

#endif  // OWPOOLD_API_INVOKE_ROUTE_H_
