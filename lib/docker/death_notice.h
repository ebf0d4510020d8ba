#ifndef OWPOOL_LIB_DOCKER_DEATH_NOTICE_H_
#define OWPOOL_LIB_DOCKER_DEATH_NOTICE_H_

#include <functional>
#include <mutex>
#include <utility>

namespace owpool::docker {

// Brings together a death, which may be noticed before its container is made known, and
// whoever is to be told. Thread-safe.
class DeathNotice {
 public:
  // Each is called at most once; the later one calls "tell".
  void happened() {
    std::unique_lock<std::mutex> lock(mutex_);
    happened_ = true;
    auto tell = std::move(tell_);
    lock.unlock();
    if (tell) tell();
  }
  void arm(std::function<void()> tell) {
    std::unique_lock<std::mutex> lock(mutex_);
    if (!happened_) {
      tell_ = std::move(tell);
      return;
    }
    lock.unlock();
    tell();
  }

 private:
  std::mutex mutex_;
  bool happened_ = false;
  std::function<void()> tell_;
};

}  // namespace owpool::docker

#endif  // OWPOOL_LIB_DOCKER_DEATH_NOTICE_H_
