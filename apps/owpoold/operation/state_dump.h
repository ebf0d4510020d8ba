#ifndef OWPOOLD_OPERATION_STATE_DUMP_H_
#define OWPOOLD_OPERATION_STATE_DUMP_H_

#include <string>
#include <vector>

#include "owpool/pool_driver.h"
#include "owpoold/operation/log.h"

namespace owpool::daemon {

// The pool and each of its containers, a log line each, whatever the log's level is:
// somebody asked for it.
void dumpState(const PoolDriver& driver);

// Those lines. Pure.
std::vector<std::string> stateLines(LogFormat format, std::int64_t unix_millis,
                                    const PoolStats& stats, const ContainerTable& containers);

}  // namespace owpool::daemon

#endif  // OWPOOLD_OPERATION_STATE_DUMP_H_
