// The threads that connections are served on.
#ifndef OWPOOL_HTTP_CONNECTION_THREADS_H_
#define OWPOOL_HTTP_CONNECTION_THREADS_H_

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace owpool::http {

// Grows to "threads_max" threads as they are needed and keeps them. Thread-safe.
class ConnectionThreads {
 public:
  // "make_room" is called again and again while run() waits, to make a job end.
  ConnectionThreads(int threads_max, std::function<void()> make_room)
      : threads_max_(threads_max), make_room_(std::move(make_room)) {}
  ~ConnectionThreads() { stop(); }

  // Blocks until a thread is free, and runs "job" on it. One caller at a time.
  void run(std::function<void()> job);

  // run() is waiting.
  bool crowded() const;

  // From now on run() does not block.
  void unblock();

  // Ends the jobs that there are and joins. run() must not be called any more. Idempotent.
  void stop();

 private:
  void work();
  void awaitThread(std::unique_lock<std::mutex>& lock);

  const int threads_max_;
  const std::function<void()> make_room_;
  mutable std::mutex mutex_;
  std::condition_variable job_arrived_;
  std::condition_variable thread_freed_;
  std::deque<std::function<void()>> jobs_;
  int unfinished_count_ = 0;  // Jobs that wait or run.
  bool crowded_ = false;
  bool unblocked_ = false;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace owpool::http

#endif  // OWPOOL_HTTP_CONNECTION_THREADS_H_
