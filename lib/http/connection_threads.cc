#include "http/connection_threads.h"

#include <algorithm>
#include <system_error>
#include <utility>

namespace owpool::http {

void ConnectionThreads::run(std::function<void()> job) {
  std::unique_lock lock(mutex_);
  const int thread_count = static_cast<int>(threads_.size());
  if (thread_count < std::min(unfinished_count_ + 1, threads_max_)) {
    try {
      threads_.emplace_back([this] { work(); });
    } catch (const std::system_error&) {
      // The machine gives no more threads: those that there are take the job, or else
      // this one does.
      if (threads_.empty()) {
        lock.unlock();
        job();
        return;
      }
    }
  }
  jobs_.push_back(std::move(job));
  ++unfinished_count_;
  job_arrived_.notify_one();
  thread_freed_.wait(lock, [&] { return unfinished_count_ < threads_max_ || unblocked_; });
}

void ConnectionThreads::unblock() {
  {
    const std::lock_guard lock(mutex_);
    unblocked_ = true;
  }
  thread_freed_.notify_all();
}

bool ConnectionThreads::full() const {
  const std::lock_guard lock(mutex_);
  return unfinished_count_ >= threads_max_;
}

void ConnectionThreads::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    job_arrived_.wait(lock, [&] { return !jobs_.empty() || stopping_; });
    if (jobs_.empty()) return;
    const std::function<void()> job = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    job();
    lock.lock();
    --unfinished_count_;
    thread_freed_.notify_all();
  }
}

void ConnectionThreads::stop() {
  std::vector<std::thread> threads;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    threads.swap(threads_);
  }
  job_arrived_.notify_all();
  for (std::thread& thread : threads) thread.join();
}

}  // namespace owpool::http
