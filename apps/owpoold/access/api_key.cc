#include "owpoold/access/api_key.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <array>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "owpoold/support/random.h"

namespace owpool::daemon {
namespace {

constexpr std::size_t kUuidLength = 36;
constexpr std::size_t kKeyLength = 64;

}  // namespace

ApiKey ApiKey::random() { return {randomUuid(), randomLettersAndDigits(kKeyLength)}; }

std::optional<ApiKey> ApiKey::parse(std::string_view text) {
  if (text.size() != kUuidLength + 1 + kKeyLength || text[kUuidLength] != ':') return std::nullopt;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    const bool fits = i < kUuidLength ? absl::ascii_isxdigit(c) || c == '-'
                                      : i == kUuidLength || absl::ascii_isalnum(c);
    if (!fits) return std::nullopt;
  }
  return ApiKey{std::string(text.substr(0, kUuidLength)),
                std::string(text.substr(kUuidLength + 1))};
}

std::optional<ApiKey> ApiKey::fromAuthorization(const std::string& header) {
  constexpr std::size_t kSchemeLength = 6;
  if (!absl::StartsWithIgnoreCase(header, "basic ")) return std::nullopt;
  const std::string rest = header.substr(kSchemeLength);
  const auto text = decodeBase64(std::string(absl::StripAsciiWhitespace(rest)));
  const std::size_t colon = text ? text->find(':') : std::string::npos;
  if (colon == std::string::npos) return std::nullopt;
  return ApiKey{text->substr(0, colon), text->substr(colon + 1)};
}

std::string sha256(std::string_view text) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest;
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  return absl::BytesToHexString(
      std::string(reinterpret_cast<const char*>(digest.data()), digest.size()));
}

bool equalInConstantTime(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::optional<std::string> decodeBase64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  for (const char c : text) {
    if (!absl::ascii_isalnum(static_cast<unsigned char>(c)) && c != '+' && c != '/' && c != '=') {
      return std::nullopt;
    }
  }
  std::string decoded;
  if (!absl::Base64Unescape(std::string(text), &decoded)) return std::nullopt;
  return decoded;
}

}  // namespace owpool::daemon
