// Containers of a Docker engine, by its HTTP API. Target owpool::docker.
//
// Podman's compatible API does as well, but that containers of its network reach each
// other, and that it does not always tell that memory was why one ended.
//
// Whoever may use the engine's socket is root on its machine: so is the host program, and
// who takes it over. It needs these calls and no others, should a proxy stand between:
// /_ping, /version, /events; /containers: json, create, and of one start, json, pause,
// unpause, logs, DELETE; /networks: create, and of one GET, DELETE; with PullPolicy::
// IfMissing /images/create.
#ifndef OWPOOL_DOCKER_H_
#define OWPOOL_DOCKER_H_

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "owpool/container_factory.h"

namespace owpool {

enum class DockerPause {
  // The engine's own pause: `docker ps` shows it.
  Engine,
  // Writes the container's freezer control group (version 1 or 2), which is many times
  // faster. The engine is not told: it goes on saying "running", its own pause and unpause
  // still work, and `docker stop` or `kill` from outside take effect when the container is
  // resumed; destroy() thaws first. Where that group cannot be written, since the engine is
  // elsewhere or we are not root, the engine's pause is used.
  Freezer,
  None,  // Containers are never stopped while they are idle.
};

enum class DockerPull {
  Never,      // An image that is not there is an error.
  IfMissing,
};

// How long each call of the engine may take; OpenWhisk's values. The timeouts that a
// PoolDriver gives bound them further.
struct DockerTimeouts {
  Duration version = std::chrono::seconds(10);
  Duration create = std::chrono::minutes(1);
  Duration start = std::chrono::minutes(1);
  Duration inspect = std::chrono::minutes(1);
  Duration list = std::chrono::minutes(1);
  Duration pause = std::chrono::seconds(10);
  Duration unpause = std::chrono::seconds(10);
  Duration kill = std::chrono::minutes(1);
  Duration remove = std::chrono::minutes(1);
  Duration pull = std::chrono::minutes(10);
  Duration network = std::chrono::minutes(1);
  Duration stream = std::chrono::seconds(10);  // Until a stream of events or logs begins.
};

// What a container may do, besides its memory. The defaults are OpenWhisk's, with
// no_new_privileges and bounded log files.
struct DockerLimits {
  int pids_max = 1024;
  int open_files_max = 1024;
  std::vector<std::string> dropped_capabilities = {"NET_RAW", "NET_ADMIN"};
  bool no_new_privileges = true;
  bool read_only_root = false;  // But for 64 MB at /tmp. Most runtimes write elsewhere.
  std::string engine_runtime;   // E.g. "runsc"; empty: the engine's default.
  // Each container keeps two files of its log of at most this size. What an action writes
  // beyond its log limit is reported as cut if this is three times that limit.
  ByteSize log_file_max = ByteSize::mebibytes(32);
};

struct DockerFactoryConfig {
  // "unix:///path", or "tcp://host:port" (without TLS) if allow_tcp. Empty: the environment
  // variable DOCKER_HOST, else unix:///var/run/docker.sock.
  std::string engine;
  bool allow_tcp = false;

  // Whose containers these are, [a-zA-Z0-9][a-zA-Z0-9_.-]*, at most 63 characters: the same
  // at the next start, and of nobody else who uses this engine. It is their label
  // org.owpool.instance, by which what an earlier run left is found and removed.
  std::string instance;
  // Before each container's name, of the same characters.
  std::string name_prefix = "owpool";

  // The network of the containers. Empty: one of their own, in which they cannot reach each
  // other, made at the start and removed at the end; else one that is there.
  std::string network;

  // Of the pool, for a container's share of the processors: 1024 * its memory / this.
  ByteSize user_memory = ByteSize::mebibytes(1024);

  // Set for every container, e.g. __OW_API_HOST.
  std::map<std::string, std::string> environment;

  // Containers that are created and started at a time; more wait. 0: one for each processor
  // of this machine. (OpenWhisk's default is 10, which an engine on few does not thank for.)
  int creates_in_flight_max = 0;

  // Where their runtimes listen.
  int port = 8080;

  // Beyond this much a container's answer is cut (OpenWhisk: 1 MB).
  ByteSize response_max = ByteSize::mebibytes(1);

  DockerPause pause = DockerPause::Engine;
  DockerPull pull = DockerPull::Never;
  DockerLimits limits;
  DockerTimeouts timeouts;
};

// Images are RuntimeKind::image. Fails, saying why, if the engine cannot be reached or
// speaks no version of its API that we do, if something in the configuration breaks its
// rule, or if the network is not there or not ours. Removes what an earlier run of the same
// "instance" left.
//
// The factory has a thread for the engine's events, and one for each container that took
// an action's code, for its log. An engine that is away for a while does not end
// containers; when it is back those that did end are noticed.
absl::StatusOr<std::unique_ptr<ContainerFactory>> newDockerContainerFactory(
    DockerFactoryConfig config);

}  // namespace owpool

#endif  // OWPOOL_DOCKER_H_
