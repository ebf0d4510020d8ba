#include "http/connection_threads.h"

#include <algorithm>
#include <chrono>
#include <system_error>
#include <utility>

namespace owpool::http {
namespace {

constexpr std::chrono::milliseconds kRoomInterval{20};

}  // namespace

void ConnectionThreads::awaitThread(std::unique_lock<std::mutex>& lock) {
  const auto may_go_on = [&] { return unfinished_count_ < threads_max_ || unblocked_; };
  while (!may_go_on()) {
    crowded_ = true;
    lock.unlock();
    make_room_();
    lock.lock();
    thread_freed_.wait_for(lock, kRoomInterval, may_go_on);
  }
  crowded_ = false;
}

void ConnectionThreads::run(std::function<void()> job) {
  std::unique_lock lock(mutex_);
  awaitThread(lock);
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
}

void ConnectionThreads::unblock() {
  {
    const std::lock_guard lock(mutex_);
    unblocked_ = true;
  }
  thread_freed_.notify_all();
}

bool ConnectionThreads::crowded() const {
  const std::lock_guard lock(mutex_);
  return crowded_;
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
