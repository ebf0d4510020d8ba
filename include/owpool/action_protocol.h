// OpenWhisk's protocol between an invoker and an action's container: POST /init,
// POST /run. For whoever writes a ContainerFactory. Target owpool::protocol.
#ifndef OWPOOL_ACTION_PROTOCOL_H_
#define OWPOOL_ACTION_PROTOCOL_H_

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "absl/functional/any_invocable.h"
#include "owpool/container_factory.h"

namespace owpool {

// ---- Pure: what is sent, and what an answer means.

// The body of POST /init: {"value":{"name","main","code","binary","env":{"__OW_…":…}}},
// with the request's environment in "env" too. "deadline_unix_ms" is this call's, wall clock.
std::string initBody(const InitRequest& request, std::int64_t deadline_unix_ms);

// The body of POST /run: {"value":<parameters>,"namespace",…,"deadline":"…"}. The
// parameters' text is copied, not parsed. REQUIRES: it is valid JSON.
std::string runBody(const RunRequest& request, std::int64_t deadline_unix_ms);

// How an HTTP call to a container ended.
namespace call {
struct Answered {
  int status = 0;
  std::string body;         // At most the limit that the call was made with.
  std::int64_t length = 0;  // What the container sent; > body.size() iff it was cut.
};
struct NotConnected {};     // No byte was sent.
struct NoResponse {};       // The container closed the connection without an answer.
struct ConnectionLost {};   // Anything else that went wrong once bytes were sent.
struct TimedOut {};
}  // namespace call
using CallEnd = std::variant<call::Answered, call::NotConnected, call::NoResponse,
                             call::ConnectionLost, call::TimedOut>;

struct CallFacts {
  CallEnd end;
  Duration elapsed{};
  Duration time_limit{};
  ByteSize response_max;          // What "body" was cut at.
  bool memory_exhausted = false;  // The container is known to have hit its memory limit.
};

// OpenWhisk's classification (ActivationResponse.processInitResponseContent and
// .processRunResponseContent), complete; the container's answer is hostile input.
// Status 503 is "not delivered": the runtime is shutting down.
InitResult classifyInit(const CallFacts& facts);
RunResult classifyRun(const CallFacts& facts);

// ---- The calls themselves. Thread-safe; one connection for each call, since a
// pause breaks connections silently.

struct ActionClientConfig {
  // "host:port" or "unix:/path".
  std::string address;
  ByteSize response_max = ByteSize::mebibytes(1);
  // Asked when a connection was lost: was it the memory limit? May be empty.
  absl::AnyInvocable<bool() const> memory_exhausted;
};

class ActionClient {
 public:
  explicit ActionClient(ActionClientConfig config);
  ~ActionClient();
  ActionClient(const ActionClient&) = delete;
  ActionClient& operator=(const ActionClient&) = delete;

  // Connects until the container accepts, every 50 ms, within the timeout; nothing
  // is sent twice.
  InitResult initialize(const InitRequest& request) const;
  RunResult run(const RunRequest& request) const;

  // Makes calls in flight, and later ones, end soon.
  void abort();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// ---- Logs.

// The line that a managed runtime writes to stdout and to stderr when an activation
// has ended: XXX_THE_END_OF_A_WHISK_ACTIVATION_XXX.
extern const std::string_view kLogSentinel;

}  // namespace owpool

#endif  // OWPOOL_ACTION_PROTOCOL_H_
