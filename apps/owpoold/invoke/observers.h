#ifndef OWPOOLD_INVOKE_OBSERVERS_H_
#define OWPOOLD_INVOKE_OBSERVERS_H_

#include <utility>
#include <vector>

#include "owpool/runtime.h"

namespace owpool::daemon {

// Several observers where a driver takes one: each is told everything, in this order.
class Observers final : public PoolObserver {
 public:
  // All outlive it.
  explicit Observers(std::vector<PoolObserver*> observers) : observers_(std::move(observers)) {}

  void onEvent(const Event& event, TimePoint now) override {
    for (PoolObserver* observer : observers_) observer->onEvent(event, now);
  }
  void onEffect(const Effect& effect, TimePoint now) override {
    for (PoolObserver* observer : observers_) observer->onEffect(effect, now);
  }

 private:
  std::vector<PoolObserver*> observers_;
};

}  // namespace owpool::daemon

#endif  // OWPOOLD_INVOKE_OBSERVERS_H_
