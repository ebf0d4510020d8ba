#include <algorithm>
#include <deque>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
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
      absl::MutexLock lock(&mutex_);
      is_closing_ = true;
      work_.SignalAll();
      threads.swap(threads_);
    }
    for (std::thread& thread : threads) thread.join();
  }

  void post(absl::AnyInvocable<void()> task) override {
    absl::MutexLock lock(&mutex_);
    tasks_.push_back(std::move(task));
    if (idle_count_ >= tasks_.size() || threads_.size() == threads_max_) {
      work_.Signal();
    } else {
      threads_.emplace_back([this] { serve(); });
    }
  }

 private:
  void serve() {
    mutex_.Lock();
    while (true) {
      ++idle_count_;
      while (tasks_.empty() && !is_closing_) work_.Wait(&mutex_);
      --idle_count_;
      if (tasks_.empty()) break;
      {
        absl::AnyInvocable<void()> task = std::move(tasks_.front());
        tasks_.pop_front();
        mutex_.Unlock();
        task();
      }
      mutex_.Lock();
    }
    mutex_.Unlock();
  }

  const std::size_t threads_max_;
  absl::Mutex mutex_;
  absl::CondVar work_;
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
