// Who may use the API: one user, with one key.
#ifndef OWPOOLD_ACCESS_CREDENTIALS_H_
#define OWPOOLD_ACCESS_CREDENTIALS_H_

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"

namespace owpool::daemon {

class Credentials {
 public:
  // Reads DIR/key, or makes it at the first start: "uuid:key", the key being 64
  // random letters and digits, in a file that only its owner can read.
  static absl::StatusOr<Credentials> loadOrCreate(const std::string& state_dir);

  // nullopt unless "text" is "uuid:key" with a key of 64 letters and digits.
  static std::optional<Credentials> parse(std::string_view text);

  // "uuid:key".
  const std::string& text() const { return text_; }

  enum class Verdict { Accepted, Missing, Wrong };
  // "authorization" is the header's value. Takes the same time for every wrong pair
  // of uuid and key of the right length, whatever part of it is wrong.
  Verdict check(const std::optional<std::string>& authorization) const;

 private:
  explicit Credentials(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

// nullopt unless "text" is base64 with its padding.
std::optional<std::string> decodeBase64(std::string_view text);

}  // namespace owpool::daemon

#endif  // OWPOOLD_ACCESS_CREDENTIALS_H_
