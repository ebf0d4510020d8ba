// A client of the engine's HTTP API: what a container factory needs of it, typed. What the
// answers mean is said in engine_status.h.
#ifndef OWPOOL_LIB_DOCKER_ENGINE_H_
#define OWPOOL_LIB_DOCKER_ENGINE_H_

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "docker/engine_answers.h"
#include "docker/engine_events.h"
#include "docker/engine_status.h"
#include "docker/log_frames.h"
#include "http/client.h"
#include "owpool/docker.h"

namespace owpool::docker {

// How long one caller waits at most, besides the operation's own timeout, and what makes it
// stop waiting.
struct Patience {
  std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
  const std::atomic<bool>* abort = nullptr;
};
Patience patienceFor(Duration duration, const std::atomic<bool>* abort = nullptr);

// Thread-safe; a connection for each call. Whatever does not come to an answer is
// UNAVAILABLE (nobody listens, the connection broke) or DEADLINE_EXCEEDED.
class Engine {
 public:
  // "address" is as lib/http takes it.
  Engine(std::string address, DockerTimeouts timeouts);

  // Called once, first: agrees on the version of the API.
  absl::Status negotiate();
  absl::Status ping(const Patience& patience = {}) const;

  // The new container's id.
  absl::StatusOr<std::string> create(const std::string& name, const std::string& body,
                                     const Patience& patience = {}) const;
  absl::Status start(const std::string& id, const Patience& patience = {}) const;
  // By id or name.
  absl::StatusOr<ContainerInfo> inspect(const std::string& id,
                                        const Patience& patience = {}) const;
  // Pausing what is paused and unpausing what runs is OK: the state decides, not the code.
  absl::Status pause(const std::string& id, const Patience& patience = {}) const;
  absl::Status unpause(const std::string& id, const Patience& patience = {}) const;
  absl::Status kill(const std::string& id, const Patience& patience = {}) const;
  // OK when it is gone, whoever removed it: waits for a removal that is under way.
  absl::Status remove(const std::string& id, const Patience& patience = {}) const;
  // All that have "label", "name=value", in whatever state.
  absl::StatusOr<std::vector<ListedContainer>> list(const std::string& label,
                                                    const Patience& patience = {}) const;

  // Both last until "abort" is set, the handler says false, nothing has come for
  // "silence_max" (DEADLINE_EXCEEDED), or the engine ends it: OK if in good order.
  struct EventsRequest {
    std::string label;  // Of the containers that it is about.
    std::function<void()> on_open;  // From now on no event is missed.
    std::function<bool(const EngineEvent&)> on_event;
    Duration silence_max{};
  };
  absl::Status events(const EventsRequest& request, const std::atomic<bool>* abort) const;

  struct LogsRequest {
    std::string id;
    bool follow = true;            // Else up to what is there now.
    std::int64_t since_unix_nanos = 0;
    std::function<bool(LogFrame&)> on_frame;  // Its payload begins with a time stamp.
    Duration silence_max{};
  };
  absl::Status logs(const LogsRequest& request, const std::atomic<bool>* abort) const;

  // OK: it is there.
  absl::Status inspectImage(const std::string& image, const Patience& patience = {}) const;
  absl::Status pullImage(const std::string& image, const Patience& patience = {}) const;
  // "tar" is a root file system, "change" a line of a Dockerfile, e.g. CMD ["/bin/sh"].
  absl::Status importImage(const std::string& name, const std::string& change, std::string tar,
                           const Patience& patience = {}) const;

  absl::Status createNetwork(const std::string& body, const Patience& patience = {}) const;
  absl::StatusOr<NetworkInfo> inspectNetwork(const std::string& name,
                                             const Patience& patience = {}) const;
  absl::Status removeNetwork(const std::string& name, const Patience& patience = {}) const;

  const std::string& apiVersion() const { return version_; }

 private:
  struct Call {
    Operation operation;
    std::string method;
    std::string path;  // Below the version.
    std::string body = {};
    std::string content_type = "application/json";
    ByteSize answer_max = ByteSize::mebibytes(4);
  };

  Duration timeoutOf(Operation operation) const;
  // The body of an answer that means OK.
  absl::StatusOr<std::string> call(Call call, const Patience& patience) const;
  absl::Status stream(Operation operation, const std::string& path,
                      const http::BodyStream& body, const std::atomic<bool>* abort) const;
  // After a pause or unpause that failed with "status".
  absl::Status unlessStateIs(std::string_view wanted, absl::Status status, const std::string& id,
                             const Patience& patience) const;
  absl::Status waitUntilGone(const std::string& id, const Patience& patience) const;

  const std::string address_;
  const DockerTimeouts timeouts_;
  std::string version_;  // E.g. "1.41"; empty: paths have none.
};

}  // namespace owpool::docker

#endif  // OWPOOL_LIB_DOCKER_ENGINE_H_
