// The stream in which the engine tells what happens to containers. Pure.
#ifndef OWPOOL_LIB_DOCKER_ENGINE_EVENTS_H_
#define OWPOOL_LIB_DOCKER_ENGINE_EVENTS_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace owpool::docker {

struct EngineEvent {
  std::string action;        // "die", "oom", "destroy", …
  std::string container_id;
};

// True if the container ends by it, or is gone after it.
bool isDeath(const EngineEvent& event);

// nullopt if it is no event of a container.
std::optional<EngineEvent> parseEvent(std::string line);

// Cuts the stream into lines, of which there is one for each event.
class EventLines {
 public:
  // The events that "bytes" complete. Lines that are none are passed over.
  std::vector<EngineEvent> feed(std::string_view bytes);

  // A line was too long to be an event; nothing more will come out of feed().
  bool malformed() const { return malformed_; }

 private:
  std::string pending_;
  bool malformed_ = false;
};

}  // namespace owpool::docker

#endif  // OWPOOL_LIB_DOCKER_ENGINE_EVENTS_H_
