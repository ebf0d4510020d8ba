#include "owpoold/admin/log_tail.h"

#include <algorithm>

#include "absl/strings/match.h"

namespace owpool::daemon {
namespace {

bool matches(const LogTail::Line& line, const LogTail::Filter& filter) {
  if (filter.activation && *filter.activation != line.activation) return false;
  return filter.action.empty() || isCalled(*line.action, filter.action);
}

}  // namespace

bool isCalled(const std::string& name, const std::string& filter) {
  const std::string wanted = filter.rfind('/', 0) == 0 ? filter.substr(1) : filter;
  return name == wanted || absl::EndsWith(name, "/" + wanted);
}

void LogTail::append(const std::string& action, ActivationId activation,
                     const std::vector<LogLine>& lines) {
  if (lines.empty()) return;
  const auto name = std::make_shared<const std::string>(action);
  const std::lock_guard lock(mutex_);
  for (const LogLine& line : lines) {
    bytes_ += line.text.size();
    lines_.push_back({++last_sequence_, name, activation, line});
    while (lines_.size() > limits_.lines_max || bytes_ > limits_.bytes_max) {
      bytes_ -= lines_.front().line.text.size();
      lines_.pop_front();
    }
  }
  appended_.notify_all();
}

LogTail::Batch LogTail::last(const Filter& filter, std::size_t count_max) const {
  const std::lock_guard lock(mutex_);
  Batch batch;
  batch.next = last_sequence_;
  for (auto line = lines_.rbegin(); line != lines_.rend() && batch.lines.size() < count_max;
       ++line) {
    if (matches(*line, filter)) batch.lines.push_back(*line);
  }
  std::reverse(batch.lines.begin(), batch.lines.end());
  return batch;
}

LogTail::Batch LogTail::newLines(std::uint64_t after, const Filter& filter,
                                 std::size_t count_max) const {
  Batch batch;
  batch.next = after;
  const std::uint64_t oldest = last_sequence_ - lines_.size() + 1;
  if (after + 1 < oldest) batch.lost_count = oldest - after - 1;
  const std::uint64_t skipped =
      after < oldest ? 0 : std::min<std::uint64_t>(after - oldest + 1, lines_.size());
  for (auto line = lines_.begin() + static_cast<std::ptrdiff_t>(skipped);
       line != lines_.end() && batch.lines.size() < count_max; ++line) {
    batch.next = line->sequence;
    if (matches(*line, filter)) batch.lines.push_back(*line);
  }
  if (batch.lost_count > 0) batch.next = std::max(batch.next, oldest - 1);
  return batch;
}

LogTail::Batch LogTail::after(std::uint64_t after, const Filter& filter, std::size_t count_max,
                              Duration timeout) const {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  std::unique_lock lock(mutex_);
  Batch batch = newLines(after, filter, count_max);
  while (batch.lines.empty() && !closed_ &&
         appended_.wait_until(lock, deadline) == std::cv_status::no_timeout) {
    const std::uint64_t lost = batch.lost_count;
    batch = newLines(batch.next, filter, count_max);
    batch.lost_count += lost;
  }
  return batch;
}

void LogTail::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  appended_.notify_all();
}

}  // namespace owpool::daemon
