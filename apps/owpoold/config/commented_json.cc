#include "owpoold/config/commented_json.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>

#include "absl/strings/ascii.h"
#include "fmt/format.h"

namespace owpool::daemon {
namespace {

// Overwrites comments with spaces, so that everything else stays where it is, and
// finds what only this pass can name well.
class Eraser {
 public:
  explicit Eraser(std::string& text) : text_(text) {}

  std::optional<json::Fault> run() {
    while (at_ < text_.size()) {
      const std::string_view rest = std::string_view(text_).substr(at_);
      if (rest.substr(0, 2) == "//") {
        erase(text_.find('\n', at_));
      } else if (rest.substr(0, 2) == "/*") {
        const std::size_t end = text_.find("*/", at_ + 2);
        if (end == text_.npos) return faultAt(at_, "a comment that has no end: */ is missing");
        erase(end + 2);
      } else if (rest.front() == '"') {
        last_ = at_;
        skipString();
      } else {
        if ((rest.front() == '}' || rest.front() == ']') && last_ && text_[*last_] == ',') {
          return faultAt(*last_, fmt::format("a comma before {}, where JSON has none",
                                             rest.front()));
        }
        if (!absl::ascii_isspace(static_cast<unsigned char>(rest.front()))) last_ = at_;
        ++at_;
      }
    }
    return std::nullopt;
  }

 private:
  json::Fault faultAt(std::size_t offset, std::string what) const {
    return {std::move(what), json::positionOf(text_, offset)};
  }

  // Up to "end"; npos is the end of the text. Lines stay lines.
  void erase(std::size_t end) {
    for (end = std::min(end, text_.size()); at_ < end; ++at_) {
      if (text_[at_] != '\n') text_[at_] = ' ';
    }
  }

  // No string goes beyond its line: one whose quote is missing ends there, so that the
  // fault is found where it is.
  void skipString() {
    for (++at_; at_ < text_.size() && text_[at_] != '"' && text_[at_] != '\n'; ++at_) {
      if (text_[at_] == '\\') ++at_;
    }
    ++at_;
  }

  std::string& text_;
  std::size_t at_ = 0;
  std::optional<std::size_t> last_;  // What stood last that is neither space nor comment.
};

}  // namespace

std::variant<json::Value, json::Fault> parseCommentedJson(std::string text) {
  if (auto fault = Eraser(text).run()) return *std::move(fault);
  if (auto fault = json::findFault(text)) return *std::move(fault);
  return *json::parse(std::move(text));
}

}  // namespace owpool::daemon
