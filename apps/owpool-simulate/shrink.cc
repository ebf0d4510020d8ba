#include "owpool-simulate/shrink.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace owpool::simulate {
namespace {

class Shrinker {
 public:
  Shrinker(Operations operations, const std::function<bool(const Operations&)>& fails)
      : best_(std::move(operations)), fails_(fails) {}

  Operations run() {
    if (!tryInstead({})) leaveOut();
    simplify();
    return std::move(best_);
  }

 private:
  bool tryInstead(Operations candidate) {
    constexpr int kTrialsMax = 3'000;
    if (trials_ == kTrialsMax) return false;
    ++trials_;
    if (!fails_(candidate)) return false;
    best_ = std::move(candidate);
    return true;
  }

  // Leaves out parts of a size, from the end, where a failure has fewest causes;
  // then of half that size. Single ones until none can be left out.
  void leaveOut() {
    std::size_t size = std::max<std::size_t>(best_.size() / 2, 1);
    while (true) {
      bool is_shorter = false;
      for (std::size_t end = best_.size(); end > 0;) {
        const std::size_t begin = end - std::min(size, end);
        Operations candidate(best_.begin(), best_.begin() + static_cast<std::ptrdiff_t>(begin));
        candidate.insert(candidate.end(), best_.begin() + static_cast<std::ptrdiff_t>(end),
                         best_.end());
        is_shorter |= tryInstead(std::move(candidate));
        end = std::min(begin, best_.size());
      }
      if (size == 1 && !is_shorter) return;
      size = std::max<std::size_t>(size / 2, 1);
    }
  }

  void simplify() {
    for (std::size_t i = 0; i < best_.size(); ++i) {
      tryChanged(i, [](Operation& o) { o.which = 0; });
      tryChanged(i, [](Operation& o) { o.count = 1; });
      tryChanged(i, [](Operation& o) { o.count = std::min(o.count, 2u); });
      tryChanged(i, [](Operation& o) { o.call = CallKind::Any; });
      tryChanged(i, [](Operation& o) { o.outcome = Outcome::Well; });
      tryChanged(i, [](Operation& o) { o.phase = LifePhase::Any; });
      tryChanged(i, [](Operation& o) { o.time = Duration::zero(); });
    }
  }

  template <typename Change>
  void tryChanged(std::size_t index, Change change) {
    Operations candidate = best_;
    change(candidate[index]);
    // A field that the operation does not use is not worth a trial.
    if (textOf(candidate[index]) != textOf(best_[index])) tryInstead(std::move(candidate));
  }

  Operations best_;
  const std::function<bool(const Operations&)>& fails_;
  int trials_ = 0;
};

}  // namespace

Operations shrink(Operations operations, const std::function<bool(const Operations&)>& fails) {
  return Shrinker(std::move(operations), fails).run();
}

}  // namespace owpool::simulate
