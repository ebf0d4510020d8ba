// The threads that connections are served on.
#ifndef OWPOOL_HTTP_CONNECTION_THREADS_H_
#define OWPOOL_HTTP_CONNECTION_THREADS_H_

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace owpool::http {

// Grows to "threads_max" threads as they are needed and keeps them. Thread-safe.
class ConnectionThreads {
 public:
  explicit ConnectionThreads(int threads_max) : threads_max_(threads_max) {}
  ~ConnectionThreads() { stop(); }

  // Runs "job", then blocks until a thread is free for the next one: so whoever accepts
  // connections and gives them here accepts none that would have to wait.
  void run(std::function<void()> job);

  // Every thread is busy.
  bool full() const;

  // From now on run() does not block.
  void unblock();

  // Ends the jobs that there are and joins. run() must not be called any more. Idempotent.
  void stop();

 private:
  void work();

  const int threads_max_;
  mutable std::mutex mutex_;
  std::condition_variable job_arrived_;
  std::condition_variable thread_freed_;
  std::deque<std::function<void()>> jobs_;
  int unfinished_count_ = 0;  // Jobs that wait or run.
  bool unblocked_ = false;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace owpool::http

#endif  // OWPOOL_HTTP_CONNECTION_THREADS_H_
