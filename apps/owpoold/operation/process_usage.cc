#include "owpoold/operation/process_usage.h"

#include <dirent.h>
#include <sys/resource.h>
#include <unistd.h>

#include <charconv>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"

namespace owpool::daemon {
namespace {

std::string readProc(const char* path) {
  std::ifstream file(path);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

// "btime" of /proc/stat; 0 if it is not there. It does not change.
double bootTime() {
  static const double time = [] {
    const std::string text = readProc("/proc/stat");
    const std::size_t at = text.find("\nbtime ");
    return at == std::string::npos ? 0.0 : std::strtod(text.c_str() + at + 7, nullptr);
  }();
  return time;
}

std::int64_t countOpenFiles() {
  DIR* directory = ::opendir("/proc/self/fd");
  if (directory == nullptr) return 0;
  std::int64_t count = 0;
  while (const dirent* entry = ::readdir(directory)) count += entry->d_name[0] != '.' ? 1 : 0;
  ::closedir(directory);
  return count - 1;  // The directory itself.
}

}  // namespace

std::optional<ProcessUsage> parseProcessStat(std::string_view stat, const MachineUnits& units) {
  // The program's name, in parentheses, may hold anything; after it come numbers.
  const std::size_t name_end = stat.rfind(')');
  if (name_end == std::string_view::npos || name_end + 2 > stat.size()) return std::nullopt;
  const std::vector<std::string> fields =
      absl::StrSplit(std::string(stat.substr(name_end + 2)), ' ');
  const auto field = [&](std::size_t number) -> std::optional<std::int64_t> {
    const std::size_t index = number - 3;  // proc(5) counts from 1; two stand before these.
    if (index >= fields.size()) return std::nullopt;
    std::int64_t value = 0;
    const std::string& text = fields[index];
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc()) return std::nullopt;
    return value;
  };
  const auto user = field(14), system = field(15), threads = field(20), started = field(22),
             virtual_bytes = field(23), pages = field(24);
  if (!user || !system || !threads || !started || !virtual_bytes || !pages) return std::nullopt;
  ProcessUsage usage;
  usage.cpu_seconds = static_cast<double>(*user + *system) / units.ticks_per_second;
  usage.started_unix_seconds =
      units.booted_unix_seconds + static_cast<double>(*started) / units.ticks_per_second;
  usage.resident_bytes = *pages * units.page_bytes;
  usage.virtual_bytes = *virtual_bytes;
  usage.threads = *threads;
  return usage;
}

std::optional<ProcessUsage> readProcessUsage() {
  const MachineUnits units{static_cast<double>(::sysconf(_SC_CLK_TCK)), ::sysconf(_SC_PAGESIZE),
                           bootTime()};
  auto usage = parseProcessStat(readProc("/proc/self/stat"), units);
  if (!usage) return std::nullopt;
  usage->open_files = countOpenFiles();
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  usage->open_files_max = static_cast<std::int64_t>(limit.rlim_cur);
  return usage;
}

}  // namespace owpool::daemon
