#include <chrono>

#include "owpool/runtime.h"

namespace owpool {
namespace {

class SystemMonotonicClock final : public MonotonicClock {
 public:
  TimePoint now() const override {
    return TimePoint(std::chrono::steady_clock::now().time_since_epoch());
  }
};

}  // namespace

const MonotonicClock& systemMonotonicClock() {
  static const SystemMonotonicClock clock;
  return clock;
}

}  // namespace owpool
