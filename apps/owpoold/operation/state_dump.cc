#include "owpoold/operation/state_dump.h"

#include <chrono>

namespace owpool::daemon {
namespace {

std::string megabytes(ByteSize size) {
  return std::to_string(size.count() / ByteSize::mebibytes(1).count());
}

// "warmed/paused", "removing/evicted", "prewarmed".
std::string stateText(const ContainerState& state) {
  std::string text(stateName(state));
  if (const auto* warmed = std::get_if<Warmed>(&state)) {
    text.append("/").append(warmPhaseName(warmed->phase));
  } else if (const auto* draining = std::get_if<Draining>(&state)) {
    text.append("/").append(removalCauseName(draining->cause));
  } else if (const auto* removing = std::get_if<Removing>(&state)) {
    text.append("/").append(removalCauseName(removing->cause));
  }
  return text;
}

}  // namespace

std::vector<std::string> stateLines(LogFormat format, std::int64_t unix_millis,
                                    const PoolStats& stats, const ContainerTable& containers) {
  std::vector<std::string> lines;
  lines.push_back(logLine(format, unix_millis, LogLevel::Info, "pool",
                          {{"containers", std::to_string(containers.size())},
                           {"active", std::to_string(stats.active_count)},
                           {"idle", std::to_string(stats.idle_count)},
                           {"prewarmed", std::to_string(stats.prewarmed_count)},
                           {"user_memory_mb", megabytes(stats.user_memory)},
                           {"buffered", std::to_string(stats.buffered_count)},
                           {"unanswered", std::to_string(stats.unanswered_count)}}));
  for (const ContainerData& data : containers) {
    const Action* action = actionOf(data);
    lines.push_back(logLine(
        format, unix_millis, LogLevel::Info, "container",
        {{"container", std::to_string(data.id.value)},
         {"state", stateText(data.state)},
         {"memory_mb", megabytes(data.memory)},
         {"namespace", action == nullptr ? "" : action->key.invocationNamespace()},
         {"action", action == nullptr ? "" : action->key.name()},
         {"activations", std::to_string(activeCountOf(data))}}));
  }
  return lines;
}

void dumpState(const PoolDriver& driver) {
  const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::system_clock::now().time_since_epoch());
  for (const std::string& line :
       stateLines(logFormat(), now.count(), driver.stats(), driver.containers())) {
    logPlain(LogLevel::Info, line);
  }
}

}  // namespace owpool::daemon
