#include "owpoold/operation/system_facts.h"

#include <netdb.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <future>
#include <limits>
#include <map>

#include "fmt/format.h"
#include "owpoold/config/pool_options.h"
#include "os/cgroup_mounts.h"
#include "owpoold/operation/program_version.h"
#include "owpoold/factories.h"
#include "owpoold/service_options.h"
#include "process/cgroup.h"
#include "process/command.h"
#include "process/containers_directory.h"

namespace owpool::daemon {
namespace {

constexpr std::chrono::seconds kVersionTimeout{10};

// The number that a file begins with; nullopt for "max", or if there is no such file.
std::optional<std::int64_t> numberIn(const std::string& path) {
  std::ifstream file(path);
  std::int64_t number = 0;
  if (file >> number) return number;
  return std::nullopt;
}

void lower(std::optional<std::int64_t>& limit, std::optional<std::int64_t> other) {
  if (other && (!limit || *other < *limit)) limit = other;
}

// The lowest limit of a control group and of those above it, as far as they are to be seen.
std::optional<std::int64_t> lowestLimit(const std::optional<std::string>& group,
                                        const std::string& file) {
  std::optional<std::int64_t> lowest;
  if (!group) return lowest;
  std::filesystem::path directory = *group;
  while (std::filesystem::exists(directory / "cgroup.procs")) {
    lower(lowest, numberIn((directory / file).string()));
    directory = directory.parent_path();
  }
  return lowest;
}

std::optional<ByteSize> memoryOf(std::optional<std::int64_t> bytes) {
  if (!bytes) return std::nullopt;
  return ByteSize::bytes(*bytes);
}

// Linux' magic numbers, of those that matter; see statfs(2).
std::string fileSystemName(const std::string& directory) {
  struct statfs found {};
  if (::statfs(directory.c_str(), &found) != 0) return "";
  const std::map<std::int64_t, std::string> names = {
      {0xEF53, "ext4"},       {0x58465342, "xfs"},    {0x9123683E, "btrfs"},
      {0x2FC12FC1, "zfs"},    {0x01021994, "tmpfs"},  {0x858458F6, "ramfs"},
      {0x794C7630, "overlay"}, {0x6969, "nfs"},       {0xFF534D42, "cifs"},
      {0xFE534D42, "cifs"},   {0x01021997, "9p"},     {0x65735546, "fuse"}};
  const auto name = names.find(static_cast<std::uint32_t>(found.f_type));
  return name == names.end() ? "" : name->second;
}

std::optional<ByteSize> freeSpace(const std::string& directory) {
  struct statvfs found {};
  if (::statvfs(directory.c_str(), &found) != 0) return std::nullopt;
  return ByteSize::bytes(static_cast<std::int64_t>(found.f_bavail * found.f_frsize));
}

// errno of binding to the address; 0 if it can be had. Names that cannot be looked up are
// addresses that this machine does not have.
int tryToBind(const std::string& address, int port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE;
  addrinfo* found = nullptr;
  if (::getaddrinfo(address.c_str(), std::to_string(port).c_str(), &hints, &found) != 0) {
    return EADDRNOTAVAIL;
  }
  int error = EADDRNOTAVAIL;
  for (const addrinfo* each = found; each != nullptr && error != 0; each = each->ai_next) {
    const int fd = ::socket(each->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) {
      error = errno;
      continue;
    }
    const int on = 1;
    ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    error = ::bind(fd, each->ai_addr, each->ai_addrlen) == 0 ? 0 : errno;
    ::close(fd);
  }
  ::freeaddrinfo(found);
  return error;
}

// Another program might take --version for something else, or serve for ever.
bool saysItsVersion(const std::string& path) {
  const std::string name = std::filesystem::path(path).filename().string();
  return name.rfind("node", 0) == 0 || name.rfind("python", 0) == 0;
}

SystemFacts::Program lookAt(const Kind& kind) {
  SystemFacts::Program program;
  program.kind = kind.name;
  program.name = kind.command.front();
  const auto path = process::resolveProgram(program.name, process::programPath());
  if (!path.ok()) {
    program.problem = std::string(path.status().message());
    return program;
  }
  program.path = *path;
  if (!saysItsVersion(*path)) return program;
  const auto version = programVersion(*path, kVersionTimeout);
  if (version.ok()) {
    program.version = *version;
  } else {
    program.problem = std::string(version.status().message());
  }
  return program;
}

// All at once: an interpreter takes a while to start.
std::vector<SystemFacts::Program> lookAtPrograms(const Manifest& manifest) {
  std::vector<std::future<SystemFacts::Program>> looks;
  for (const Kind& kind : manifest.kinds()) {
    if (kind.command.empty() || kind.runs_image) continue;
    looks.push_back(std::async(std::launch::async, [&kind] { return lookAt(kind); }));
  }
  std::vector<SystemFacts::Program> programs;
  for (auto& look : looks) programs.push_back(look.get());
  return programs;
}

SystemFacts::MemoryLimits findMemoryLimits(const os::CgroupMounts& own) {
  const auto tree =
      process::CgroupTree::make(own, fmt::format("owpool-preflight-{}", ::getpid()));
  return tree != nullptr && tree->limitsMemory() ? SystemFacts::MemoryLimits::ByCgroup
                                                 : SystemFacts::MemoryLimits::ByProcess;
}

void findLimits(SystemFacts& facts) {
  const os::CgroupMounts own = os::findOwnCgroups();
  facts.memory_limits = findMemoryLimits(own);
  auto memory = lowestLimit(own.unified, "memory.max");
  lower(memory, lowestLimit(own.memory_v1, "memory.limit_in_bytes"));
  facts.cgroup_memory = memoryOf(memory);
  facts.machine_memory =
      ByteSize::bytes(static_cast<std::int64_t>(::sysconf(_SC_PHYS_PAGES)) *
                      ::sysconf(_SC_PAGESIZE));

  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    facts.open_files_max = static_cast<std::int64_t>(
        std::min<rlim_t>(limit.rlim_cur, std::numeric_limits<std::int64_t>::max()));
  }
  facts.tasks_max = numberIn("/proc/sys/kernel/threads-max");
  lower(facts.tasks_max, lowestLimit(own.unified, "pids.max"));
  lower(facts.tasks_max, lowestLimit(own.pids_v1, "pids.max"));
  // The superuser has no limit of its own.
  if (::geteuid() != 0 && ::getrlimit(RLIMIT_NPROC, &limit) == 0 &&
      limit.rlim_cur != RLIM_INFINITY) {
    lower(facts.tasks_max, static_cast<std::int64_t>(limit.rlim_cur));
  }
}

}  // namespace

SystemFacts gatherFacts(const Options& options, const Manifest& manifest) {
  SystemFacts facts;
  facts.state_dir = options.state_dir;
  if (options.factory == Factory::Process) {
    facts.state_dir_max =
        process::kDirectoryMax - std::string_view(kContainersDirectory).size();
  }
  facts.listen_address = options.listen_address;
  facts.listen_port = options.listen_port;
  facts.runtimes_file = options.runtimes_file;
  facts.user_memory = options.user_memory;
  std::int64_t stem_cells = 0;
  for (const PrewarmConfig& prewarm : manifest.prewarms()) {
    stem_cells += prewarm.count;
    facts.stem_cell_memory += ByteSize::bytes(prewarm.memory.count() * prewarm.count);
  }
  facts.containers_max =
      options.user_memory.count() / ByteSize::mebibytes(128).count() + stem_cells;
  facts.connections_max = options.connections_max;
  facts.threads_max =
      executorThreads(poolConfig(options, manifest), options.action_concurrency_max);

  facts.listen_error = tryToBind(options.listen_address, options.listen_port);
  facts.programs = lookAtPrograms(manifest);
  facts.other_kinds = manifest.otherKindNames();
  facts.file_system = fileSystemName(options.state_dir);
  facts.space_free = freeSpace(options.state_dir);
  findLimits(facts);
  facts.unix_seconds = std::chrono::duration_cast<std::chrono::seconds>(
                           std::chrono::system_clock::now().time_since_epoch())
                           .count();
  return facts;
}

}  // namespace owpool::daemon
