#include <algorithm>
#include <deque>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "driver/mutex.h"
#include "owpool/runtime.h"

namespace owpool {
namespace {

class ThreadPoolExecutor final : public Executor {
 public:
  explicit ThreadPoolExecutor(int threads_max)
      : threads_max_(static_cast<std::size_t>(std::max(1, threads_max))) {}

  ~ThreadPoolExecutor() override {
    std::vector<std::thread> threads;
    {
      internal::MutexLock lock(mutex_);
      is_closing_ = true;
      work_.notifyAll();
      threads.swap(threads_);
    }
    for (std::thread& thread : threads) thread.join();
  }

  void post(absl::AnyInvocable<void()> task) override {
    internal::MutexLock lock(mutex_);
    tasks_.push_back(std::move(task));
    const bool is_served = idle_count_ >= tasks_.size() || threads_.size() == threads_max_;
    // While it closes only its own tasks post, and their threads serve until the end.
    if (is_served || is_closing_ || !startThread()) work_.notifyOne();
  }

 private:
  // False if the system gives us no more of them and there are some already.
  bool startThread() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    try {
      threads_.emplace_back([this] { serve(); });
      return true;
    } catch (const std::system_error&) {
      if (threads_.empty()) throw;
      return false;
    }
  }

  void serve() {
    mutex_.lock();
    while (true) {
      ++idle_count_;
      while (tasks_.empty() && !is_closing_) work_.wait(mutex_);
      --idle_count_;
      if (tasks_.empty()) break;
      {
        absl::AnyInvocable<void()> task = std::move(tasks_.front());
        tasks_.pop_front();
        mutex_.unlock();
        task();
      }
      mutex_.lock();
    }
    mutex_.unlock();
  }

  const std::size_t threads_max_;
  internal::Mutex mutex_;
  internal::CondVar work_;
  std::deque<absl::AnyInvocable<void()>> tasks_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::thread> threads_ ABSL_GUARDED_BY(mutex_);
  std::size_t idle_count_ ABSL_GUARDED_BY(mutex_) = 0;
  bool is_closing_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace

std::unique_ptr<Executor> newThreadPoolExecutor(int threads_max) {
  return std::make_unique<ThreadPoolExecutor>(threads_max);
}

}  // namespace owpool
