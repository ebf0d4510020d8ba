#ifndef OWPOOLD_OPERATION_PROCESS_USAGE_H_
#define OWPOOLD_OPERATION_PROCESS_USAGE_H_

#include <cstdint>
#include <optional>
#include <string_view>

namespace owpool::daemon {

// What this process itself uses; not what its containers do.
struct ProcessUsage {
  double cpu_seconds = 0;
  double started_unix_seconds = 0;
  std::int64_t resident_bytes = 0;
  std::int64_t virtual_bytes = 0;
  std::int64_t threads = 0;
  std::int64_t open_files = 0;
  std::int64_t open_files_max = 0;
};

// nullopt where /proc cannot be read.
std::optional<ProcessUsage> readProcessUsage();

// How the machine counts.
struct MachineUnits {
  double ticks_per_second = 100;
  std::int64_t page_bytes = 4096;
  double booted_unix_seconds = 0;
};
// The first five, from the text of /proc/self/stat, see proc(5). nullopt if it is not
// that. Pure.
std::optional<ProcessUsage> parseProcessStat(std::string_view stat, const MachineUnits& units);

}  // namespace owpool::daemon

#endif  // OWPOOLD_OPERATION_PROCESS_USAGE_H_
