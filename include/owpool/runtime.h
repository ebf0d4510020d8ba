// What a PoolDriver needs from its surroundings. main() chooses; nothing else in
// owpool reaches for a system clock, a thread or a log by itself.
#ifndef OWPOOL_RUNTIME_H_
#define OWPOOL_RUNTIME_H_

#include <memory>

#include "absl/functional/any_invocable.h"
#include "owpool/pool.h"

namespace owpool {

// Thread-safe. now() never goes backwards.
class MonotonicClock {
 public:
  virtual ~MonotonicClock() = default;
  virtual TimePoint now() const = 0;
};

// Thread-safe. post() never runs "task" itself: it only hands it on, and does not
// block. Tasks block for as long as a container runs, and a task may be what ends
// another one (a removal cuts a run short): an executor needs more threads than there
// can be runs at a time. Waiting for a thread counts against an activation's limits.
class Executor {
 public:
  virtual ~Executor() = default;
  virtual void post(absl::AnyInvocable<void()> task) = 0;
};

// Told of every event that the driver hands to its pool and of every effect, in
// order, under the driver's lock. Must not block and must not call the driver.
class PoolObserver {
 public:
  virtual ~PoolObserver() = default;
  virtual void onEvent(const Event& event, TimePoint now) = 0;
  virtual void onEffect(const Effect& effect, TimePoint now) = 0;
};

// Where activations come from, if they are to be held back while the pool is
// full: OpenWhisk's MessageFeed. One credit is one activation to be submitted.
// Called under the driver's lock; must not block and must not call the driver.
class ActivationFeed {
 public:
  virtual ~ActivationFeed() = default;
  virtual void grantCredits(int count) = 0;
};

// std::chrono::steady_clock. A static object.
const MonotonicClock& systemMonotonicClock();

// Starts threads as tasks come, up to "threads_max", and keeps them. The
// destructor runs what was posted, and what that posts, and joins. REQUIRES:
// threads_max >= 1; to a PoolDriver, see Executor for how many are enough.
std::unique_ptr<Executor> newThreadPoolExecutor(int threads_max);

}  // namespace owpool

#endif  // OWPOOL_RUNTIME_H_
