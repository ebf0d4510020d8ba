// The daemon put together: options in, a running server, until a signal ends it.
#ifndef OWPOOLD_SERVICE_H_
#define OWPOOLD_SERVICE_H_

#include "absl/status/status.h"
#include "owpoold/config/options.h"

namespace owpool::daemon {

// Blocks. At the first start it prints "key of namespace guest, shown only now:
// UUID:KEY" on standard output, which nobody is told again. Prints "listening on
// ADDRESS:PORT" on standard output when it does. After SIGTERM or SIGINT it accepts
// nothing more, gives what runs the drain timeout, and returns OK when no container
// is left; a second signal takes that time away. An INVALID_ARGUMENT is the options'
// fault.
absl::Status serve(const Options& options);

}  // namespace owpool::daemon

#endif  // OWPOOLD_SERVICE_H_
