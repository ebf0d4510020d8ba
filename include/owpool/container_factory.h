// How an embedder gives containers to the pool. See docs/extending.md, and
// owpool/testing/container_factory_contract.h for a test suite that every
// implementation has to pass.
#ifndef OWPOOL_CONTAINER_FACTORY_H_
#define OWPOOL_CONTAINER_FACTORY_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "owpool/activation.h"

namespace owpool {

// Said about an activation to the action's code: OpenWhisk's "activation_id",
// "transaction_id", "api_key" and the like, by these lower-case names. /run gets
// them as they are, /init as environment variables __OW_<UPPER-CASE NAME>.
using ActivationContext = std::vector<std::pair<std::string, std::string>>;

// Environment variables that an action asks for itself, by their names; what is not a
// string is written as one.
using ActionEnvironment = std::vector<std::pair<std::string, std::string>>;

struct InitRequest {
  ActionPtr action;
  ActivationContext context;
  Duration timeout;
  ActionEnvironment environment = {};  // Where it and "context" set the same, the latter wins.
};

struct InitResult {
  bool delivered = true;      // False: the code was certainly not received.
  ActivationResponse response;  // Success: the container is warm now. Its result is not used.
};

struct RunRequest {
  ActionPtr action;
  std::string parameters;     // JSON text of an object or array, passed on unchanged.
  ActivationContext context;
  Duration timeout;
};

struct RunResult {
  bool delivered = true;      // False: the request was certainly not received, nothing ran.
  ActivationResponse response;
};

enum class LogStream { Stdout, Stderr };

struct LogLine {
  std::int64_t unix_nanos = 0;  // Wall clock, when the line was read.
  LogStream stream = LogStream::Stdout;
  std::string text;             // Without line end.
  friend bool operator==(const LogLine&, const LogLine&) = default;
};

struct LogRequest {
  ByteSize limit;              // Beyond it lines are dropped and a last line says so.
  bool wait_for_end = true;    // The action's runtime marks the end of its log.
};

struct ActivationLogs {
  std::vector<LogLine> lines;
  bool complete = true;        // False: cut, or the end mark did not come.
};

// A started container. All methods block.
// Threads: start-up to removal, initialize(), pause() and resume() are called one
// at a time and never beside run() or collectLogs(). run() and collectLogs() may
// be called by up to Action::concurrency_max threads at once. destroy() may be
// called at any time by any one thread and makes the other calls return soon. The
// destructor is called after destroy() and all other calls have returned.
class Container {
 public:
  virtual ~Container() = default;

  // Unique among living containers, e.g. "172.18.0.2:8080" or "unix:/run/c1". What
  // a HealthProber takes. Constant.
  virtual const std::string& address() const = 0;

  // Gives the action's code to the container. Called at most once, before run().
  virtual InitResult initialize(const InitRequest& request) = 0;

  virtual RunResult run(const RunRequest& request) = 0;

  // The log lines of the activation whose run() has returned: those that were written
  // since it began, so none of earlier ones that nobody collected. Called at most once
  // after each run(), if anybody wants them. Where several run at a time their lines
  // cannot be told apart: each line is given once. Also called after an initialize()
  // that failed, for what was written meanwhile.
  virtual ActivationLogs collectLogs(const LogRequest& request) = 0;

  // Optional: one that cannot pause returns OK and does nothing.
  virtual absl::Status pause(Duration timeout) = 0;
  virtual absl::Status resume(Duration timeout) = 0;

  // Ends the container, whatever its state, and frees what it held. OK if it is
  // already gone. On an error it is called again later.
  virtual absl::Status destroy(Duration timeout) = 0;
};

struct StartRequest {
  std::string name;       // Unique per driver; [a-zA-Z0-9_.-]+, at most 128 characters.
  RuntimeKind runtime;
  ByteSize memory;        // The container may use this much.
  ActionPtr action;       // Who it is started for; null for a stem cell.
  Duration timeout;
  // Called at most once, from any thread, if the container ends without destroy().
  // May be called before create() returns. destroy() waits for a call in progress: it
  // must not be called, nor be running, when destroy() has returned OK.
  absl::AnyInvocable<void()> on_death;
};

// Implementations must be thread-safe: a PoolDriver starts several containers at
// once. A factory outlives its containers.
class ContainerFactory {
 public:
  virtual ~ContainerFactory() = default;

  // Blocks until the container is started; it need not accept requests yet. On
  // error nothing is left behind. INVALID_ARGUMENT: the action's fault (its image
  // does not exist or does not start), answered as a developer error. Anything
  // else: ours, a whisk error. The message is what the user reads.
  virtual absl::StatusOr<std::unique_ptr<Container>> create(StartRequest request) = 0;
};

}  // namespace owpool

#endif  // OWPOOL_CONTAINER_FACTORY_H_
