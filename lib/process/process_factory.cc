#include "owpool/process.h"

#include <fcntl.h>
#include <sys/random.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <utility>

#include <fmt/format.h>

#include "os/system_error.h"
#include "process/cgroup.h"
#include "process/command.h"
#include "process/containers_directory.h"
#include "process/guardian.h"
#include "process/marked_processes.h"
#include "process/memory_limit.h"
#include "process/process_container.h"
#include "process/remove_tree.h"
#include "process/spawn.h"
#include "process/watcher.h"

namespace owpool {
namespace process {
namespace {

absl::StatusOr<std::string> randomHex() {
  std::array<unsigned char, 16> bytes{};
  if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
    return os::systemError("getting random bytes", errno);
  }
  std::string text;
  for (const unsigned char byte : bytes) text += fmt::format("{:02x}", byte);
  return text;
}

struct Pipe {
  os::UniqueFd read_end;
  os::UniqueFd write_end;
};

// Ours does not block; the container's does, as a program expects of its output.
absl::StatusOr<Pipe> makeOutputPipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return os::systemError("making a pipe", errno);
  Pipe pipe{os::UniqueFd(ends[0]), os::UniqueFd(ends[1])};
  if (::fcntl(pipe.read_end.get(), F_SETFL, O_NONBLOCK) != 0) {
    return os::systemError("making a pipe", errno);
  }
  return pipe;
}

class ProcessContainerFactory final : public ContainerFactory {
 public:
  ProcessContainerFactory(ProcessFactoryConfig config, std::string mark,
                          ContainersDirectory directory, std::unique_ptr<CgroupTree> cgroups,
                          std::unique_ptr<Guardian> guardian, std::unique_ptr<Watcher> watcher)
      : config_(std::move(config)),
        mark_(std::move(mark)),
        directory_(std::move(directory)),
        cgroups_(std::move(cgroups)),
        guardian_(std::move(guardian)),
        watcher_(std::move(watcher)) {}

  absl::StatusOr<std::unique_ptr<Container>> create(StartRequest request) override;

 private:
  absl::StatusOr<std::vector<std::string>> commandOf(const RuntimeKind& runtime) const;
  // Everything but the directory; on an error only that is left behind.
  absl::StatusOr<std::unique_ptr<Container>> createIn(StartRequest request,
                                                      std::vector<std::string> command,
                                                      const std::string& directory,
                                                      const std::string& directory_name,
                                                      std::uint64_t number);

  ProcessFactoryConfig config_;
  std::string mark_;  // Its containers' marks begin with it.
  std::atomic<std::uint64_t> next_number_{1};
  ContainersDirectory directory_;
  std::unique_ptr<CgroupTree> cgroups_;  // Null: limits are set without.
  std::unique_ptr<Guardian> guardian_;
  std::unique_ptr<Watcher> watcher_;
  Spawner spawner_;
};

absl::StatusOr<std::vector<std::string>> ProcessContainerFactory::commandOf(
    const RuntimeKind& runtime) const {
  const auto found = config_.commands.find(runtime.image);
  if (found == config_.commands.end()) {
    return absl::InvalidArgumentError(
        fmt::format("no command is configured for the runtime image \"{}\" (of kind \"{}\")",
                    runtime.image, runtime.kind));
  }
  std::vector<std::string> command = found->second;
  auto program = resolveProgram(command.front(), programPath());
  if (!program.ok()) return program.status();
  command.front() = *std::move(program);
  return command;
}

absl::StatusOr<std::unique_ptr<Container>> ProcessContainerFactory::create(StartRequest request) {
  if (auto status = checkContainerName(request.name); !status.ok()) return status;
  auto command = commandOf(request.runtime);
  if (!command.ok()) return command.status();
  const std::uint64_t number = next_number_++;
  const std::string name = directoryName(request.name, number);
  auto directory = makeContainerDirectory(directory_, name);
  if (!directory.ok()) return directory.status();
  auto container = createIn(std::move(request), *std::move(command), *directory, name, number);
  if (!container.ok()) removeTree(directory_.fd.get(), name.c_str());
  return container;
}

absl::StatusOr<std::unique_ptr<Container>> ProcessContainerFactory::createIn(
    StartRequest request, std::vector<std::string> command, const std::string& directory,
    const std::string& directory_name, std::uint64_t number) {
  const std::string mark_value = fmt::format("{}.{}", mark_, number);
  ContainerParts parts;
  parts.directory = directory;
  parts.containers_fd = directory_.fd.get();
  parts.directory_name = directory_name;
  parts.mark = fmt::format("{}={}", kMarkVariable, mark_value);
  parts.address = fmt::format("unix:{}/s", directory);
  parts.response_max = config_.response_max;
  parts.on_death = std::move(request.on_death);

  SpawnPlan plan;
  plan.command = std::move(command);
  plan.environment = containerEnvironment(config_.environment, directory, mark_value);
  plan.directory = directory;
  auto socket = listenAt(directory + "/s");
  if (!socket.ok()) return socket.status();
  plan.listen_socket = *std::move(socket);
  auto out = makeOutputPipe();
  if (!out.ok()) return out.status();
  auto err = makeOutputPipe();
  if (!err.ok()) return err.status();
  parts.stdout_pipe = std::move(out->read_end);
  parts.stderr_pipe = std::move(err->read_end);
  plan.stdout_pipe = std::move(out->write_end);
  plan.stderr_pipe = std::move(err->write_end);

  if (cgroups_) {
    auto cgroup = cgroups_->add(std::to_string(number), request.memory);
    if (!cgroup.ok()) return cgroup.status();
    parts.cgroup = *std::move(cgroup);
    auto entrances = parts.cgroup->openEntrances();
    if (!entrances.ok()) {
      parts.cgroup->remove();
      return entrances.status();
    }
    plan.cgroup_entrances = *std::move(entrances);
  }
  if (!parts.cgroup || !parts.cgroup->memoryLimited()) plan.data_limit = dataLimit(request.memory);

  auto process = spawner_.spawn(std::move(plan));
  if (!process.ok()) {
    if (parts.cgroup) parts.cgroup->remove();
    return process.status();
  }
  parts.process = *std::move(process);
  auto container = std::make_unique<ProcessContainer>(std::move(parts), *watcher_);
  if (auto status = container->startWatching(); !status.ok()) {
    (void)container->destroy(std::chrono::seconds(5));
    return status;
  }
  return container;
}

absl::Status checkCommands(const std::map<std::string, std::vector<std::string>>& commands) {
  for (const auto& [image, command] : commands) {
    if (command.empty() || command.front().empty()) {
      return absl::InvalidArgumentError(
          fmt::format("commands: the one of the image \"{}\" has no program", image));
    }
    for (const std::string& word : command) {
      if (word.find('\0') == std::string::npos) continue;
      return absl::InvalidArgumentError(
          fmt::format("commands: the one of the image \"{}\" has a zero byte in it", image));
    }
  }
  return absl::OkStatus();
}

}  // namespace
}  // namespace process

absl::StatusOr<std::unique_ptr<ContainerFactory>> newProcessContainerFactory(
    ProcessFactoryConfig config) {
  using namespace process;
  if (auto status = checkCommands(config.commands); !status.ok()) return status;
  if (auto status = checkEnvironment(config.environment); !status.ok()) return status;
  auto mark = randomHex();
  if (!mark.ok()) return mark.status();
  auto directory = takeDirectory(config.directory, *mark);
  if (!directory.ok()) return directory.status();
  std::unique_ptr<CgroupTree> cgroups;
  if (config.use_cgroups) {
    cgroups = CgroupTree::make(os::findOwnCgroups(),
                               fmt::format("owpool-{}-{}", ::getpid(), mark->substr(0, 8)));
  }
  GuardianDuties duties;
  duties.mark = fmt::format("{}={}.", kMarkVariable, *mark);
  if (cgroups) duties.cgroups = cgroups->directories();
  duties.directory_fd = directory->fd.get();
  duties.lock_fd = directory->lock.get();
  auto guardian = Guardian::start(duties);
  if (!guardian.ok()) return guardian.status();
  auto watcher = Watcher::start();
  if (!watcher.ok()) return watcher.status();
  return std::make_unique<ProcessContainerFactory>(
      std::move(config), *std::move(mark), *std::move(directory), std::move(cgroups),
      *std::move(guardian), *std::move(watcher));
}

}  // namespace owpool
