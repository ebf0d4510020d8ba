// Takes apart the stream in which the engine gives a container's log: frames, each with a
// header of eight bytes that says whether it is of stdout or stderr. Pure.
#ifndef OWPOOL_LIB_DOCKER_LOG_FRAMES_H_
#define OWPOOL_LIB_DOCKER_LOG_FRAMES_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "owpool/container_factory.h"

namespace owpool::docker {

// Docker's frames are at most 16 KiB and a time stamp long, Podman's half of that. A header
// that claims more than this is none.
inline constexpr std::size_t kFrameMax = 1024 * 1024;

struct LogFrame {
  LogStream stream = LogStream::Stdout;
  std::string payload;
};

class LogFrames {
 public:
  // The frames that "bytes" complete.
  std::vector<LogFrame> feed(std::string_view bytes);

  // What came was no such stream; nothing more will come out of feed().
  bool malformed() const { return malformed_; }

 private:
  std::string pending_;
  bool malformed_ = false;
};

// A payload as it comes when time stamps were asked for: "2026-01-02T03:04:05.6789Z text".
struct StampedText {
  std::int64_t unix_nanos = 0;
  std::string_view text;
};
// nullopt if it does not begin with a time of RFC 3339 and a space.
std::optional<StampedText> splitTimestamp(std::string_view payload);

}  // namespace owpool::docker

#endif  // OWPOOL_LIB_DOCKER_LOG_FRAMES_H_
