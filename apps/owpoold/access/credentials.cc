#include "owpoold/access/credentials.h"

#include <filesystem>
#include <system_error>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "fmt/format.h"
#include "owpoold/support/files.h"
#include "owpoold/support/random.h"

namespace owpool::daemon {
namespace {

constexpr std::size_t kUuidLength = 36;
constexpr std::size_t kKeyLength = 64;

// Looks at every byte of "expected", whatever "given" is.
bool equalInConstantTime(std::string_view expected, std::string_view given) {
  unsigned difference = expected.size() == given.size() ? 0 : 1;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const char other = i < given.size() ? given[i] : '\0';
    difference |= static_cast<unsigned char>(expected[i]) ^ static_cast<unsigned char>(other);
  }
  // The compiler must not stop at the first difference.
  volatile unsigned result = difference;
  return result == 0;
}

}  // namespace

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

std::optional<Credentials> Credentials::parse(std::string_view text) {
  if (text.size() != kUuidLength + 1 + kKeyLength || text[kUuidLength] != ':') return std::nullopt;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    const bool fits = i < kUuidLength ? absl::ascii_isxdigit(c) || c == '-'
                                      : i == kUuidLength || absl::ascii_isalnum(c);
    if (!fits) return std::nullopt;
  }
  return Credentials(std::string(text));
}

absl::StatusOr<Credentials> Credentials::loadOrCreate(const std::string& state_dir) {
  const std::string path = state_dir + "/key";
  std::error_code error;
  if (!std::filesystem::exists(path, error)) {
    const std::string text = randomUuid() + ":" + randomLettersAndDigits(kKeyLength);
    if (const auto status = writeNewPrivateFile(path, text + "\n"); !status.ok()) return status;
    return Credentials(text);
  }
  const auto content = readFile(path, ByteSize::bytes(4096));
  if (!content.ok()) return content.status();
  auto credentials = parse(std::string(absl::StripAsciiWhitespace(*content)));
  if (!credentials) {
    return absl::FailedPreconditionError(
        fmt::format("{}: must hold uuid:key, the key being 64 letters and digits; remove the file "
                    "to have a new one made", path));
  }
  return *std::move(credentials);
}

Credentials::Verdict Credentials::check(const std::optional<std::string>& authorization) const {
  if (!authorization) return Verdict::Missing;
  constexpr std::size_t kSchemeLength = 6;
  if (!absl::StartsWithIgnoreCase(*authorization, "basic ")) return Verdict::Wrong;
  const std::string encoded(absl::StripAsciiWhitespace(authorization->substr(kSchemeLength)));
  const std::string given = decodeBase64(encoded).value_or("");
  return equalInConstantTime(text_, given) ? Verdict::Accepted : Verdict::Wrong;
}

}  // namespace owpool::daemon
