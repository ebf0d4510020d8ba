#ifndef OWPOOLD_INVOKE_INVOCATION_OBSERVER_H_
#define OWPOOLD_INVOKE_INVOCATION_OBSERVER_H_

#include <string>
#include <vector>

#include "owpool/pool_driver.h"

namespace owpool::daemon {

// Told what comes of each activation, on the executor's threads, several at once. Must not
// block. "action" is its qualified name, like "guest/hello".
class InvocationObserver {
 public:
  virtual ~InvocationObserver() = default;
  // Not of one that was refused.
  virtual void onOutcome(const std::string& action, const ActivationOutcome& outcome) = 0;
  // Once its run has ended and its log lines are read.
  virtual void onLogs(const std::string& action, ActivationId id,
                      const std::vector<LogLine>& lines) = 0;
};

}  // namespace owpool::daemon

#endif  // OWPOOLD_INVOKE_INVOCATION_OBSERVER_H_
