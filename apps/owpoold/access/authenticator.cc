#include "owpoold/access/authenticator.h"

#include <utility>

#include "owpoold/operation/log.h"

namespace owpool::daemon {

std::variant<Caller, Authenticator::Failure> Authenticator::check(
    const std::optional<std::string>& authorization, const std::string& remote_address,
    std::int64_t unix_millis) {
  if (!authorization) return Failure::Missing;
  auto api_key = ApiKey::fromAuthorization(*authorization);
  if (NamespacePtr home = namespaces_.authenticate(api_key)) {
    return Caller{std::move(home), *std::move(api_key)};
  }
  const int count = failed_.add(remote_address, unix_millis);
  // Once and again, so that who tries does not fill the log.
  if (count == 1 || count == FailedAttempts::kPerMinuteMax + 1) {
    log(LogLevel::Warning, count == 1 ? "a wrong key" : "many wrong keys in a minute",
        {{"address", remote_address}});
  }
  return count > FailedAttempts::kPerMinuteMax ? Failure::TooMany : Failure::Wrong;
}

bool Authenticator::isRight(const std::optional<std::string>& authorization) const {
  return authorization &&
         namespaces_.authenticate(ApiKey::fromAuthorization(*authorization)) != nullptr;
}

}  // namespace owpool::daemon
