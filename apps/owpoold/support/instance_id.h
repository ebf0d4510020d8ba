#ifndef OWPOOLD_SUPPORT_INSTANCE_ID_H_
#define OWPOOLD_SUPPORT_INSTANCE_ID_H_

#include <string>

#include "absl/status/statusor.h"

namespace owpool::daemon {

// Whose containers those of this state directory are: made at the first start, and the same
// ever after, so that the next run finds what an earlier one left. Kept in
// "state_dir"/instance; the error names that file.
absl::StatusOr<std::string> instanceId(const std::string& state_dir);

}  // namespace owpool::daemon

#endif  // OWPOOLD_SUPPORT_INSTANCE_ID_H_
