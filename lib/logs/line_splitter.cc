#include "logs/line_splitter.h"

#include <algorithm>
#include <utility>

namespace owpool::logs {

std::vector<std::string> LineSplitter::feed(std::string_view bytes) {
  std::vector<std::string> lines;
  while (!bytes.empty()) {
    const std::size_t end = bytes.find('\n');
    // Never more than one piece at a time, so that an endless line costs no memory.
    const std::size_t room = kLineMax + end_mark_.size() - partial_.size();
    if (end != std::string_view::npos && end <= room) {
      partial_.append(bytes.substr(0, end));
      bytes.remove_prefix(end + 1);
      if (!partial_.empty() && partial_.back() == '\r') partial_.pop_back();
      lines.push_back(std::exchange(partial_, {}));
      continue;
    }
    const std::size_t taken = std::min(room, bytes.size());
    partial_.append(bytes.substr(0, taken));
    bytes.remove_prefix(taken);
    if (partial_.size() >= kLineMax + end_mark_.size()) {
      const std::size_t cut = cutPoint();
      lines.push_back(partial_.substr(0, cut));
      partial_.erase(0, cut);
    }
  }
  return lines;
}

std::optional<std::string> LineSplitter::flush() {
  if (partial_.empty()) return std::nullopt;
  return std::exchange(partial_, {});
}

// The mark fits between kLineMax and the end of partial_, so it is enough to look
// for one that lies across the cut.
std::size_t LineSplitter::cutPoint() const {
  if (end_mark_.empty()) return kLineMax;
  const std::size_t from = kLineMax - std::min(kLineMax, end_mark_.size() - 1);
  const std::size_t mark = partial_.find(end_mark_, from);
  return mark != std::string::npos && mark < kLineMax ? mark : kLineMax;
}

}  // namespace owpool::logs
