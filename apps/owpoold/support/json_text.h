// JSON that we write: objects put together member by member.
#ifndef OWPOOLD_SUPPORT_JSON_TEXT_H_
#define OWPOOLD_SUPPORT_JSON_TEXT_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "json/json.h"

namespace owpool::daemon {

class ObjectText {
 public:
  // "text" is JSON already.
  ObjectText& json(std::string_view key, std::string_view text) {
    text_ += text_.size() > 1 ? "," : "";
    text_ += owpool::json::quote(key);
    text_ += ':';
    text_ += text;
    return *this;
  }
  ObjectText& string(std::string_view key, std::string_view value) {
    return json(key, owpool::json::quote(value));
  }
  ObjectText& integer(std::string_view key, std::int64_t value) {
    return json(key, std::to_string(value));
  }
  ObjectText& boolean(std::string_view key, bool value) {
    return json(key, value ? "true" : "false");
  }
  std::string text() const { return text_ + "}"; }

 private:
  std::string text_ = "{";
};

// [a,b,c] of texts that are JSON already.
template <typename Texts>
std::string arrayText(const Texts& texts) {
  std::string all = "[";
  for (const auto& text : texts) {
    if (all.size() > 1) all += ',';
    all += text;
  }
  return all + "]";
}

}  // namespace owpool::daemon

#endif  // OWPOOLD_SUPPORT_JSON_TEXT_H_
