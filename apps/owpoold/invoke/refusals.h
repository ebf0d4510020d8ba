#ifndef OWPOOLD_INVOKE_REFUSALS_H_
#define OWPOOLD_INVOKE_REFUSALS_H_

#include <map>
#include <mutex>
#include <optional>

#include "owpool/runtime.h"

namespace owpool::daemon {

// Notes which activations the pool refused, in the moment it does. The driver
// reports a refusal later, on its executor; that would be too late for the answer to
// a non-blocking invocation, which must not promise what was refused.
class Refusals final : public PoolObserver {
 public:
  void onEvent(const Event&, TimePoint) override {}
  void onEffect(const Effect& effect, TimePoint) override {
    const auto* refusal = std::get_if<effect::RefuseActivation>(&effect);
    if (refusal == nullptr) return;
    std::lock_guard lock(mutex_);
    reasons_[refusal->activation] = refusal->reason;
  }

  // Why it was refused, and forgets it. nullopt: it was not, or it was taken before.
  std::optional<RefusalReason> take(ActivationId id) {
    std::lock_guard lock(mutex_);
    const auto found = reasons_.extract(id);
    if (found.empty()) return std::nullopt;
    return found.mapped();
  }

 private:
  std::mutex mutex_;
  std::map<ActivationId, RefusalReason> reasons_;
};

}  // namespace owpool::daemon

#endif  // OWPOOLD_INVOKE_REFUSALS_H_
