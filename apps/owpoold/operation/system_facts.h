#ifndef OWPOOLD_OPERATION_SYSTEM_FACTS_H_
#define OWPOOLD_OPERATION_SYSTEM_FACTS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "owpool/units.h"
#include "owpoold/config/manifest.h"
#include "owpoold/config/options.h"
#include "owpoold/operation/engine_facts.h"

namespace owpool::daemon {

// What the pre-flight checks look at: this machine and what is wanted of it, as values.
struct SystemFacts {
  struct Program {
    std::string kind;
    std::string name;     // As the manifest has it; empty: it has none.
    std::string path;     // Empty: there is no such program.
    std::string version;  // As it says itself, of interpreters that we know.
    std::string problem;  // Why it does not run; empty: it does, as far as we know.
  };
  enum class MemoryLimits { ByCgroup, ByProcess };

  // ---- Wanted
  std::string state_dir;             // Absolute, if it could be opened.
  std::size_t state_dir_max = 0;     // Its length may be this, for sockets in it; 0: any.
  std::string listen_address;
  int listen_port = 0;
  std::string runtimes_file;
  ByteSize user_memory;
  ByteSize stem_cell_memory;
  std::int64_t containers_max = 0;   // As many as there may be, as a rule.
  std::int64_t connections_max = 0;
  std::int64_t threads_max = 0;      // Of the daemon itself, beside those of connections.

  // ---- Tried
  absl::Status state_dir_status;     // Made, opened, locked.
  absl::Status database_status;      // Opened.
  int listen_error = 0;              // errno of a bind() to the address.
  std::vector<Program> programs;     // One for each kind that is a process.
  std::optional<EngineFacts> engine; // Iff containers are those of an engine.
  std::string other_kinds;           // The others, for messages; may be empty.

  // ---- Found
  std::string file_system;           // Of the state directory, like "ext4"; empty: unknown.
  std::optional<ByteSize> space_free;
  std::optional<ByteSize> machine_memory;
  std::optional<ByteSize> cgroup_memory;   // The lowest limit above this process.
  MemoryLimits memory_limits = MemoryLimits::ByProcess;
  std::int64_t open_files_max = 0;
  std::optional<std::int64_t> tasks_max;   // Threads and processes: the lowest of all limits.
  std::int64_t unix_seconds = 0;
};

// Looks at the machine. The fields of what serve() tries itself, state_dir_status and
// database_status, are left to it, as are engine, and to make state_dir absolute. Runs the
// programs of the kinds that are processes for their versions, for ten seconds at most.
SystemFacts gatherFacts(const Options& options, const Manifest& manifest);

}  // namespace owpool::daemon

#endif  // OWPOOLD_OPERATION_SYSTEM_FACTS_H_
