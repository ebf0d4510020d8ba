#ifndef OWPOOL_LIB_OS_SYSTEM_ERROR_H_
#define OWPOOL_LIB_OS_SYSTEM_ERROR_H_

#include <string_view>

#include "absl/status/status.h"

namespace owpool::os {

// "<what>: <text of the error number>". RESOURCE_EXHAUSTED where this machine ran
// out of something, else INTERNAL; never INVALID_ARGUMENT, which would blame the
// action (see ContainerFactory::create).
absl::Status systemError(std::string_view what, int error_number);

}  // namespace owpool::os

#endif  // OWPOOL_LIB_OS_SYSTEM_ERROR_H_
