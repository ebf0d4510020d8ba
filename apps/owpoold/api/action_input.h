// What a client may put: the body of PUT …/actions/NAME, checked completely.
#ifndef OWPOOLD_API_ACTION_INPUT_H_
#define OWPOOLD_API_ACTION_INPUT_H_

#include <string>

#include "absl/status/statusor.h"
#include "owpoold/records/action_record.h"
#include "owpoold/config/manifest.h"

namespace owpool::daemon {

struct LimitRange {
  std::int64_t min;
  std::int64_t max;
};
// What an action may ask for: OpenWhisk's limits, which are part of its API. Who runs
// the daemon sets some of the upper ends.
struct LimitRanges {
  LimitRange timeout_ms{100, 300000};
  LimitRange memory_mb{128, 512};
  LimitRange logs_mb{0, 10};
  LimitRange concurrency{1, 200};  // In one container.
};
inline constexpr ByteSize kCodeMax = ByteSize::mebibytes(48);
inline constexpr ByteSize kParametersMax = ByteSize::mebibytes(1);

// The action that "body" asks for. With "existing" (not null) it is an update: what
// the body does not name stays, annotations are added to and those of "delAnnotations"
// taken away, and the patch version rises unless the body sets one. Package, name,
// revision and time are the caller's to set. Errors:
// INVALID_ARGUMENT naming the field and the rule, RESOURCE_EXHAUSTED for too much.
absl::StatusOr<ActionRecord> applyActionInput(std::string body, const ActionRecord* existing,
                                              const Manifest& manifest, const LimitRanges& ranges);

// Why no action of a kind that has no can_run may be, and which could.
std::string cannotRunMessage(const Kind& kind, const Manifest& manifest);

// Why no action with an image of its own may be that has no allowsImage().
std::string imageNotAllowedMessage(const std::string& image, const Manifest& manifest);

// True iff "code" can only be meant as base64 of a zip. It is OpenWhisk's rule: its
// clients send no flag for it, or send back the one that they were shown for other
// code, so its server looks at the alphabet and the length.
bool looksLikeBase64(std::string_view code);

// "1.2.3" to "1.2.4". REQUIRES: isVersion().
std::string nextPatchVersion(const std::string& version);
// Three whole numbers.
bool isVersion(std::string_view version);

}  // namespace owpool::daemon

#endif  // OWPOOLD_API_ACTION_INPUT_H_
