// The answers of the API that its routes share, and how queries are read.
#ifndef OWPOOLD_API_ANSWERS_H_
#define OWPOOLD_API_ANSWERS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "http/server.h"
#include "owpoold/records/store.h"

namespace owpool::daemon {

// The body {"error", "code"} that OpenWhisk's clients expect.
http::Response errorAnswer(int status, std::string_view message, std::string_view transaction_id);
// Routes report errors as statuses: INVALID_ARGUMENT 400, PERMISSION_DENIED 403,
// NOT_FOUND 404, ALREADY_EXISTS 409, RESOURCE_EXHAUSTED 413, UNIMPLEMENTED 501,
// UNAVAILABLE 503, OUT_OF_RANGE 405 (the method is not among the resource's), else 500.
http::Response errorAnswer(const absl::Status& status, std::string_view transaction_id);

http::Response jsonAnswer(std::string body, int status = 200);
http::Response textAnswer(std::string body);

absl::Status notFound();
// "supported" as for the header Allow, which its answer has: "GET, PUT".
absl::Status methodNotAllowed(const std::string& supported);

// What is wrong with a parameter of the query.
absl::Status malformedQuery(std::string_view name, std::string_view what);
// true, yes, on, 1, false, no, off or 0 in any case; "fallback" if absent or empty.
absl::StatusOr<bool> queryFlag(const http::Request& request, const std::string& name,
                               bool fallback = false);
// nullopt if absent. "collection" is for messages.
absl::StatusOr<std::optional<std::int64_t>> queryInteger(const http::Request& request,
                                                         const std::string& name,
                                                         std::string_view collection);
// limit (30 if absent; 0 means the maximum, 200) and skip. "collection" is for messages.
absl::StatusOr<Page> queryPage(const http::Request& request, std::string_view collection);

}  // namespace owpool::daemon

#endif  // OWPOOLD_API_ANSWERS_H_
