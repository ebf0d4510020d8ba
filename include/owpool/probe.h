// Health probers that need nothing from the container but an open port. Target
// owpool::probe.
#ifndef OWPOOL_PROBE_H_
#define OWPOOL_PROBE_H_

#include <memory>

#include "owpool/health_prober.h"

namespace owpool {

// Connects and closes again, as OpenWhisk's container health check does: reachable iff
// the connection is accepted. Takes "host:port", "[v6 address]:port" and "unix:/path".
// A host is a numeric address or "localhost": a look-up by name cannot be bounded in
// time, so anything else is Unreachable.
std::unique_ptr<HealthProber> newConnectProber();

}  // namespace owpool

#endif  // OWPOOL_PROBE_H_
