// The log lines of a container that nobody has collected yet: which belong to which
// activation, and how many are kept. Pure; no clock, no lock.
#ifndef OWPOOL_LIB_LOGS_LOG_BUFFER_H_
#define OWPOOL_LIB_LOGS_LOG_BUFFER_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

#include "owpool/container_factory.h"

namespace owpool::logs {

// Where one activation ends and the next begins is known by the end mark that a
// managed runtime writes to both streams after each. The mark may come after the
// answer of /run, even after the next run began; so it is counted what earlier
// activations still owe, and what comes before that is theirs.
//
// Where activations run side by side their lines cannot be told apart, and neither can
// their end marks. Each takes what comes before a pair of marks, and the last of those
// that ran together takes all that is left: no line is lost, and none is given twice.
class LogBuffer {
 public:
  explicit LogBuffer(std::string_view end_mark) : end_mark_(end_mark) {}

  // An activation begins whose log may be "limit" large. "alone": its container runs
  // one at a time, so all that was not collected before is an earlier one's, and is
  // forgotten; except what was written during /init, which is the first one's.
  void beginActivation(ByteSize limit, bool alone);

  // The activation that began last was not received: its end mark will not come.
  void activationNotDelivered();

  // A line was read. One that contains the end mark is the end of an activation.
  void add(LogLine line);

  // True iff both streams' end marks of an uncollected activation are there.
  bool ended() const;

  // Takes the lines of the oldest uncollected activation, in the order of their
  // arrival. "now_unix_nanos" dates the line that says why something is missing.
  ActivationLogs take(const LogRequest& request, std::int64_t now_unix_nanos);

 private:
  struct Item {
    LogLine line;
    bool end = false;
  };
  struct Stream {
    int ends_owed = 0;        // By earlier activations.
    bool ended = true;        // The current activation's mark has come. Only if alone_.
    std::size_t ends_held = 0;
  };

  Stream& streamOf(LogStream stream) { return streams_[static_cast<std::size_t>(stream)]; }
  void addEnd(LogStream stream);
  void forget();
  void forgetStream(LogStream stream);
  // Moves an activation's lines to "logs"; true iff some did not fit "limit".
  bool moveLines(ByteSize limit, ActivationLogs& logs);
  // Forgets the marks between the lines: they are all one activation's.
  void forgetEnds();

  std::string end_mark_;
  std::deque<Item> items_;
  std::array<Stream, 2> streams_;
  std::int64_t cost_ = 0;      // Of items_, in bytes of memory, roughly.
  std::int64_t cost_max_ = 0;  // 0: no activation has begun, the default limit holds.
  bool lines_dropped_ = false;
  bool alone_ = true;
  int running_together_ = 0;   // Begun and not collected. Only if not alone_.
  bool keeps_ends_ = false;    // moveLines() leaves the marks to those that wait for them.
  bool any_activation_ = false;
  bool marks_seen_ = false;    // This runtime marks ends.
};

// OpenWhisk's own words for a log that is not complete.
std::string logTruncatedMessage(ByteSize limit);
extern const std::string_view kLogFailureMessage;

}  // namespace owpool::logs

#endif  // OWPOOL_LIB_LOGS_LOG_BUFFER_H_
