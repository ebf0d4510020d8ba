// A key as clients send it, and the little that is kept of it.
#ifndef OWPOOLD_ACCESS_API_KEY_H_
#define OWPOOLD_ACCESS_API_KEY_H_

#include <optional>
#include <string>
#include <string_view>

namespace owpool::daemon {

// "uuid:key". The uuid says whose it is, the key proves it; only the latter is secret.
struct ApiKey {
  std::string uuid;
  std::string key;

  // Of the kernel's randomness: a uuid of version 4, and 64 letters and digits.
  static ApiKey random();
  // nullopt unless "text" is "uuid:key" with a key of 64 letters and digits.
  static std::optional<ApiKey> parse(std::string_view text);
  // What a client sent as the header "Authorization": basic authentication. Neither
  // part has to look like ours; nullopt if there are no two parts.
  static std::optional<ApiKey> fromAuthorization(const std::string& header);

  std::string text() const { return uuid + ":" + key; }
};

// 64 hexadecimal digits.
std::string sha256(std::string_view text);
// In a time that does not tell where they differ, if they are equally long.
bool equalInConstantTime(std::string_view a, std::string_view b);

// nullopt unless "text" is base64 with its padding.
std::optional<std::string> decodeBase64(std::string_view text);

}  // namespace owpool::daemon

#endif  // OWPOOLD_ACCESS_API_KEY_H_
