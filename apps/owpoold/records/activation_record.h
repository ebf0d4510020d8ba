// What is kept of an activation: OpenWhisk's activation record.
#ifndef OWPOOLD_RECORDS_ACTIVATION_RECORD_H_
#define OWPOOLD_RECORDS_ACTIVATION_RECORD_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "owpool/container_factory.h"
#include "owpool/pool_driver.h"
#include "owpoold/records/action_record.h"

namespace owpool::daemon {

struct ActivationRecord {
  NamespaceId owner;    // Whose action it was, who invoked it.
  std::string id;       // 32 hexadecimal digits.
  std::string path;     // Of the action: "hello" or "package/hello".
  std::string name;     // Its last part.
  std::string version;  // Of the action.
  std::int64_t start_ms = 0;  // Unix time. Moved back by the time of /init.
  std::int64_t end_ms = 0;
  std::int64_t duration_ms = 0;  // Of /init and /run, without what lay between.
  ActivationStatus status = ActivationStatus::Success;
  std::string result = "{}";       // JSON text.
  std::string logs = "[]";         // JSON array of strings.
  std::string annotations = "[]";  // JSON array of {"key","value"}.
};

// The record of an activation that ended "now" (Unix time in ms) with this
// outcome; still without logs.
ActivationRecord makeActivationRecord(const ActionRecord& action, const ActivationOutcome& outcome,
                                      std::int64_t now_ms);

// JSON array of lines as OpenWhisk formats them:
// "2018-02-05T10:41:50.4Z          stdout: hi".
std::string formatLogs(const std::vector<LogLine>& lines);

// Why the pool did not take an activation, for people.
std::string refusalMessage(RefusalReason reason, const ActionRecord& action, ByteSize user_memory);

}  // namespace owpool::daemon

#endif  // OWPOOLD_RECORDS_ACTIVATION_RECORD_H_
