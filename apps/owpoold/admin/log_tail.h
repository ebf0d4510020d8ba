// The newest log lines of actions, for those who watch.
#ifndef OWPOOLD_ADMIN_LOG_TAIL_H_
#define OWPOOLD_ADMIN_LOG_TAIL_H_

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "owpool/container_factory.h"

namespace owpool::daemon {

// Bounded: who reads too slowly loses lines, and is told how many. Thread-safe.
class LogTail {
 public:
  struct Line {
    std::uint64_t sequence = 0;  // From 1, without gaps.
    std::shared_ptr<const std::string> action;  // "guest/hello".
    ActivationId activation;
    LogLine line;
  };
  struct Filter {
    std::string action;  // The last parts of the name, "hello" or "guest/hello"; empty: all.
    std::optional<ActivationId> activation;
  };
  struct Batch {
    std::vector<Line> lines;
    std::uint64_t next = 0;  // To go on, read what comes after this one.
    std::uint64_t lost_count = 0;  // Lines, of whatever action, that were dropped unread.
  };
  struct Limits {
    std::size_t lines_max = 10000;
    std::size_t bytes_max = 8 << 20;
  };

  LogTail() : LogTail(Limits()) {}
  explicit LogTail(Limits limits) : limits_(limits) {}

  void append(const std::string& action, ActivationId activation,
              const std::vector<LogLine>& lines);

  // The last "count_max" lines that there are.
  Batch last(const Filter& filter, std::size_t count_max) const;
  // Lines after number "after", at most "count_max"; blocks until there is one, or
  // the time is over, or close() is called.
  Batch after(std::uint64_t after, const Filter& filter, std::size_t count_max,
              Duration timeout) const;

  // Nobody is to wait any more.
  void close();

 private:
  Batch newLines(std::uint64_t after, const Filter& filter, std::size_t count_max) const;

  const Limits limits_;
  mutable std::mutex mutex_;
  mutable std::condition_variable appended_;
  bool closed_ = false;
  std::deque<Line> lines_;
  std::size_t bytes_ = 0;
  std::uint64_t last_sequence_ = 0;
};

// Whether "name", like "guest/package/hello", is what a filter's action means.
bool isCalled(const std::string& name, const std::string& filter);

}  // namespace owpool::daemon

#endif  // OWPOOLD_ADMIN_LOG_TAIL_H_
