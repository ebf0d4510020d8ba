#ifndef OWPOOL_TESTS_OWPOOLD_GATE_H_
#define OWPOOL_TESTS_OWPOOLD_GATE_H_

#include <condition_variable>
#include <mutex>

namespace owpool::daemon {

// A run that waits until it is let go, and counts who waits.
class Gate {
 public:
  void open() {
    std::lock_guard lock(mutex_);
    is_open_ = true;
    changed_.notify_all();
  }
  void pass() {
    std::unique_lock lock(mutex_);
    ++waiting_;
    changed_.notify_all();
    changed_.wait(lock, [&] { return is_open_; });
  }
  void awaitWaiting(int count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return waiting_ >= count; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_open_ = false;
  int waiting_ = 0;
};

}  // namespace owpool::daemon

#endif  // OWPOOL_TESTS_OWPOOLD_GATE_H_
