// What is checked before the daemon starts, so that it fails at once and with the fix, not
// at the first invocation.
#ifndef OWPOOLD_OPERATION_PREFLIGHT_H_
#define OWPOOLD_OPERATION_PREFLIGHT_H_

#include <string>
#include <vector>

#include "owpoold/operation/system_facts.h"

namespace owpool::daemon {

enum class Verdict {
  Ok,
  Warn,  // It works, with less than was asked for.
  Fail,  // It cannot work.
};

struct Finding {
  Verdict verdict = Verdict::Ok;
  std::string subject;  // What was checked.
  std::string found;
  std::string fix;      // A command or a setting. Empty iff Ok.
};

// All of the checks below that apply, in that order. Pure, like each of them.
std::vector<Finding> preflight(const SystemFacts& facts);

Finding checkStateDirectory(const SystemFacts& facts);
Finding checkSpace(const SystemFacts& facts);
Finding checkDatabase(const SystemFacts& facts);
Finding checkAddress(const SystemFacts& facts);
Finding checkPrivacy(const SystemFacts& facts);
std::vector<Finding> checkKinds(const SystemFacts& facts);
// Of a container engine, instead of checkKinds() and checkMemoryLimits().
Finding checkEngine(const EngineFacts& engine);
std::vector<Finding> checkImages(const EngineFacts& engine);
Finding checkEngineLimits(const EngineFacts& engine);
Finding checkMemory(const SystemFacts& facts);
Finding checkMemoryLimits(const SystemFacts& facts);
Finding checkOpenFiles(const SystemFacts& facts);
Finding checkTasks(const SystemFacts& facts);
Finding checkClock(const SystemFacts& facts);

// "[WARN] memory: …; fix: --user-memory=512m". In colour for a terminal.
std::string findingLine(const Finding& finding, bool in_colour);

// Writes a line for each to the log's place: as it is, or as log lines if those are JSON.
// Colour only on a terminal, and not if NO_COLOR is set. False iff one is Fail.
bool reportPreflight(const std::vector<Finding>& findings);

}  // namespace owpool::daemon

#endif  // OWPOOLD_OPERATION_PREFLIGHT_H_
