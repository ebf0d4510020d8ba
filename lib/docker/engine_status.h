// What the engine's answers mean to us: one table for all calls and codes. Pure.
#ifndef OWPOOL_LIB_DOCKER_ENGINE_STATUS_H_
#define OWPOOL_LIB_DOCKER_ENGINE_STATUS_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace owpool::docker {

enum class Operation {
  Ping,
  Version,
  Create,
  Start,
  Inspect,
  Pause,
  Unpause,
  Kill,
  Remove,
  List,
  Logs,
  Events,
  ImageInspect,
  ImageImport,
  ImagePull,
  NetworkCreate,
  NetworkInspect,
  NetworkRemove,
};

// "create a container", for messages: "the container engine could not …".
std::string_view nameOf(Operation operation);

//   OK                   done, or it was so already
//   NOT_FOUND            what the call is about does not exist
//   ALREADY_EXISTS       the name is taken
//   FAILED_PRECONDITION  the wrong state for this, if the code can be believed: Docker and
//                        Podman say it differently, so look at the state
//   ABORTED              somebody else is doing it just now
//   INVALID_ARGUMENT     what we asked for cannot be, e.g. an image whose command is missing
//   RESOURCE_EXHAUSTED   the engine's machine ran out of something
//   UNAVAILABLE          anything else: the engine's fault
// "body" is the answer's; the message quotes what it says.
absl::Status engineStatus(Operation operation, int http_status, std::string_view body);

// What an error answer says, as one line of printable text, bounded: the member "message"
// of JSON, else all of it.
std::string engineMessage(std::string_view body);

}  // namespace owpool::docker

#endif  // OWPOOL_LIB_DOCKER_ENGINE_STATUS_H_
