// From options to a running daemon: opens what it needs, and checks it.
#ifndef OWPOOLD_SERVICE_H_
#define OWPOOLD_SERVICE_H_

#include "absl/status/status.h"
#include "owpoold/config/options.h"
#include "owpoold/operation/live_options.h"

namespace owpool::daemon {

enum class Start { Serve, PreflightOnly };

// Blocks. First makes the pre-flight checks; ends with an error if one fails, and without
// if nothing but they were asked for. At the first start it prints "key of namespace guest,
// shown only now: UUID:KEY" on standard output, which nobody is told again; if that is
// systemd's journal, how to get a key instead. Prints
// "listening on ADDRESS:PORT" on standard output when it does. From then on signals are
// heeded, see Supervision, SIGHUP with "read_again"; returns OK when it has ended as it was
// told to. An INVALID_ARGUMENT is the options' fault.
absl::Status serve(const Options& options, Start start, const ReadAgain& read_again);

}  // namespace owpool::daemon

#endif  // OWPOOLD_SERVICE_H_
