#ifndef OWPOOLD_OPERATION_PROGRAM_VERSION_H_
#define OWPOOLD_OPERATION_PROGRAM_VERSION_H_

#include <string>

#include "absl/status/statusor.h"
#include "owpool/units.h"

namespace owpool::daemon {

// The first line of what "PROGRAM --version" prints. Fails, saying how, if it does not end
// well within "timeout"; then it is killed. "path" is absolute.
absl::StatusOr<std::string> programVersion(const std::string& path, Duration timeout);

}  // namespace owpool::daemon

#endif  // OWPOOLD_OPERATION_PROGRAM_VERSION_H_
