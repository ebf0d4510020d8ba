// Cuts a stream of bytes into lines. Pure.
#ifndef OWPOOL_LIB_LOGS_LINE_SPLITTER_H_
#define OWPOOL_LIB_LOGS_LINE_SPLITTER_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace owpool::logs {

// A line longer than this comes in pieces, as Docker's log drivers do it.
inline constexpr std::size_t kLineMax = 16384;

class LineSplitter {
 public:
  // "end_mark" is never cut in two: a piece ends before what may be its beginning.
  explicit LineSplitter(std::string_view end_mark) : end_mark_(end_mark) {}

  // The lines that "bytes" complete, without line ends ("\n" or "\r\n").
  std::vector<std::string> feed(std::string_view bytes);

  // What has come of a line whose end has not; it is then forgotten.
  std::optional<std::string> flush();

 private:
  std::size_t cutPoint() const;

  std::string end_mark_;
  std::string partial_;
};

}  // namespace owpool::logs

#endif  // OWPOOL_LIB_LOGS_LINE_SPLITTER_H_
