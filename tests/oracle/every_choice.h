// Takes a test through every combination of choices, without the test naming them in
// advance: what is chosen later may depend on what was chosen before.
//
//   EveryChoice choice;
//   while (choice.begin()) {
//     const int count = choice.upTo(4);
//     for (int i = 0; i < count; ++i) values.push_back(choice.below(3));
//     …
//   }
//
// It remembers the choices of the round and how many there were to choose from. The
// next round repeats them up to the last one that can still be raised, raises it, and
// chooses 0 from there on. After TigerBeetle's exhaustigen.
#ifndef OWPOOL_TESTS_ORACLE_EVERY_CHOICE_H_
#define OWPOOL_TESTS_ORACLE_EVERY_CHOICE_H_

#include <cstddef>
#include <stdexcept>
#include <vector>

namespace owpool {

class EveryChoice {
 public:
  // True iff there is another round; then choices are made anew.
  bool begin() {
    if (!is_first_) {
      made_.resize(next_);  // Those of an earlier round that were not asked for in this.
      while (!made_.empty() && made_.back().value + 1 == made_.back().count) made_.pop_back();
      if (made_.empty()) return false;
      ++made_.back().value;
    }
    is_first_ = false;
    next_ = 0;
    return true;
  }

  // A number from 0 to count - 1. REQUIRES: count >= 1, the same whenever the choices
  // before it were the same.
  int below(int count) {
    if (next_ == made_.size()) made_.push_back({0, count});
    const Choice& choice = made_[next_++];
    if (count < 1 || choice.count != count) throw std::logic_error("choices differ between rounds");
    return choice.value;
  }

  int upTo(int max) { return below(max + 1); }
  bool flag() { return below(2) == 1; }

  template <typename T>
  const T& of(const std::vector<T>& values) {
    return values[static_cast<std::size_t>(below(static_cast<int>(values.size())))];
  }

 private:
  struct Choice {
    int value;
    int count;
  };
  std::vector<Choice> made_;
  std::size_t next_ = 0;
  bool is_first_ = true;
};

}  // namespace owpool

#endif  // OWPOOL_TESTS_ORACLE_EVERY_CHOICE_H_
