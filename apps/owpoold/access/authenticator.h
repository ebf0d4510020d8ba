// Who calls: the key of a request.
#ifndef OWPOOLD_ACCESS_AUTHENTICATOR_H_
#define OWPOOLD_ACCESS_AUTHENTICATOR_H_

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "owpoold/access/failed_attempts.h"
#include "owpoold/access/namespaces.h"

namespace owpool::daemon {

struct Caller {
  NamespacePtr home;  // The namespace that the key is of.
  ApiKey api_key;
};

// Thread-safe.
class Authenticator {
 public:
  // "namespaces" outlives this.
  explicit Authenticator(const Namespaces& namespaces) : namespaces_(namespaces) {}

  // Wrong: whatever is wrong about it. TooMany: wrong too, and not for the first time
  // from there in this minute. A right key is right however many wrong ones came.
  enum class Failure { Missing, Wrong, TooMany };
  std::variant<Caller, Failure> check(const std::optional<std::string>& authorization,
                                      const std::string& remote_address,
                                      std::int64_t unix_millis);

  // The same before it matters: nothing is counted.
  bool isRight(const std::optional<std::string>& authorization) const;

 private:
  const Namespaces& namespaces_;
  FailedAttempts failed_;
};

}  // namespace owpool::daemon

#endif  // OWPOOLD_ACCESS_AUTHENTICATOR_H_
