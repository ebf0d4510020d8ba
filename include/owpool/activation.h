// One request to execute an action, and what comes of it. Plain values.
#ifndef OWPOOL_ACTIVATION_H_
#define OWPOOL_ACTIVATION_H_

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "owpool/action.h"

namespace owpool {

// 128 bits, written as 32 hexadecimal digits as OpenWhisk does. The caller makes
// it unique among the activations that the pool knows: those not answered yet, and
// those whose container is not free of them yet.
struct ActivationId {
  std::uint64_t high = 0;
  std::uint64_t low = 0;

  // nullopt unless "text" is exactly 32 hexadecimal digits (either case).
  static std::optional<ActivationId> parse(std::string_view text);
  std::string toString() const;  // 32 lower-case digits.

  friend auto operator<=>(const ActivationId&, const ActivationId&) = default;
  template <typename H>
  friend H AbslHashValue(H h, const ActivationId& id) {
    return H::combine(std::move(h), id.high, id.low);
  }
};

// Whether somebody waits for the result.
enum class InvocationMode { Blocking, NonBlocking };

// What the pool needs to know of an activation. Its parameters stay with
// whoever drives the pool.
struct Activation {
  ActivationId id;
  ActionPtr action;  // REQUIRES: not null.
  InvocationMode mode = InvocationMode::Blocking;
};

// OpenWhisk's response codes, by its numbers.
enum class ActivationStatus {
  Success = 0,
  ApplicationError = 1,  // The action answered {"error": …}. Its container is kept.
  DeveloperError = 2,    // The action broke: crash, time limit, bad answer. Its container goes.
  WhiskError = 3,        // Our side: no container could be had. Its container goes.
};

// The "response" of OpenWhisk's activation record.
struct ActivationResponse {
  ActivationStatus status = ActivationStatus::Success;
  std::string result;  // JSON text, passed through unchanged; {"error": …} unless Success.

  friend bool operator==(const ActivationResponse&, const ActivationResponse&) = default;
};

// {"error": message} with "message" escaped as a JSON string. Any bytes will do:
// what is not UTF-8 is replaced. Pure.
ActivationResponse errorResponse(ActivationStatus status, std::string_view message);

// A container is asked twice: to take the code, and to run.
enum class ContainerCall { Init, Run };

// The answer to an action that took longer than its limit, in OpenWhisk's words
// (Messages.timedoutActivation). Pure.
ActivationResponse timeLimitResponse(ContainerCall call, Duration time_limit);

// True iff it is one for this limit, word for word: OpenWhisk's "timeout" annotation.
bool isTimeLimitResponse(const ActivationResponse& response, Duration time_limit);

}  // namespace owpool

#endif  // OWPOOL_ACTIVATION_H_
