// The streams of a container engine give the same frames and events wherever they were
// cut, and nothing that is larger than what came.
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "docker/engine_events.h"
#include "docker/log_frames.h"
#include "tests/fuzz/fuzz_target.h"

namespace owpool::fuzz {
namespace {

using docker::EngineEvent;
using docker::EventLines;
using docker::LogFrame;
using docker::LogFrames;

template <typename Parser, typename Part>
std::vector<Part> inPieces(std::string_view bytes, std::size_t size, bool& malformed) {
  Parser parser;
  std::vector<Part> all;
  for (std::size_t at = 0; at < bytes.size(); at += size) {
    for (Part& part : parser.feed(bytes.substr(at, size))) all.push_back(std::move(part));
  }
  malformed = parser.malformed();
  return all;
}

template <typename Parser, typename Part, typename Same>
std::vector<Part> cutAnyhow(std::string_view bytes, const Same& same) {
  bool malformed = false;
  const auto whole = inPieces<Parser, Part>(bytes, bytes.size() + 1, malformed);
  for (const std::size_t size : {std::size_t{1}, std::size_t{7}}) {
    bool malformed_too = false;
    const auto cut = inPieces<Parser, Part>(bytes, size, malformed_too);
    must(malformed == malformed_too, "what is malformed is so however it is cut");
    must(whole.size() == cut.size(), "there are as many however it is cut");
    for (std::size_t i = 0; i < whole.size(); ++i) {
      must(same(whole[i], cut[i]), "they are the same however it is cut");
    }
  }
  return whole;
}

void checkFrames(std::string_view bytes) {
  const auto frames = cutAnyhow<LogFrames, LogFrame>(bytes, [](const auto& a, const auto& b) {
    return a.stream == b.stream && a.payload == b.payload;
  });
  std::size_t total = 0;
  for (const LogFrame& frame : frames) {
    total += 8 + frame.payload.size();
    const auto stamped = docker::splitTimestamp(frame.payload);
    must(!stamped || frame.payload.size() >= stamped->text.size() + 21,
         "a time stamp takes its place");
  }
  must(total <= bytes.size(), "frames are no larger than what came");
}

}  // namespace
}  // namespace owpool::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace owpool::fuzz;
  const std::string_view bytes = textOf(data, size);
  checkFrames(bytes);
  (void)owpool::docker::splitTimestamp(bytes);
  cutAnyhow<EventLines, EngineEvent>(bytes, [](const auto& a, const auto& b) {
    return a.action == b.action && a.container_id == b.container_id;
  });
  return 0;
}
