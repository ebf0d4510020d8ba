#ifndef OWPOOL_HTTP_BODY_BUDGET_H_
#define OWPOOL_HTTP_BODY_BUDGET_H_

#include <algorithm>
#include <atomic>
#include <cstdint>

namespace owpool::http {

// What the bodies of a server's requests may take of its memory together. Small ones are
// not counted, so that large ones keep none of them out. Thread-safe.
class BodyBudget {
 public:
  static constexpr std::int64_t kSmall = std::int64_t{1} << 20;

  explicit BodyBudget(std::int64_t bytes) : left_(bytes) {}

  // That of one request, given back when this goes.
  class Share {
   public:
    explicit Share(BodyBudget& budget) : budget_(budget) {}
    ~Share() { budget_.left_ += taken_; }
    Share(const Share&) = delete;
    Share& operator=(const Share&) = delete;

    // For a body of so many bytes by now. False, and nothing is taken: there is not as much.
    bool growTo(std::int64_t bytes) {
      const std::int64_t more = std::max<std::int64_t>(0, bytes - kSmall) - taken_;
      if (more <= 0) return true;
      if (budget_.left_.fetch_sub(more) < more) {
        budget_.left_ += more;
        return false;
      }
      taken_ += more;
      return true;
    }

   private:
    BodyBudget& budget_;
    std::int64_t taken_ = 0;
  };

 private:
  std::atomic<std::int64_t> left_;
};

}  // namespace owpool::http

#endif  // OWPOOL_HTTP_BODY_BUDGET_H_
