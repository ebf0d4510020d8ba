// Everything that owpoold can be told. configuration.h says where.
#ifndef OWPOOLD_CONFIG_OPTIONS_H_
#define OWPOOLD_CONFIG_OPTIONS_H_

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "owpool/docker.h"
#include "owpool/pool_config.h"
#include "owpool/units.h"
#include "owpoold/operation/log.h"

namespace owpool::daemon {

// What containers are made of.
enum class Factory { Process, Docker };

// Which names /metrics has besides our own.
enum class MetricsCompat { None, OpenWhisk };

// The values here are the defaults. Each field is a row of the table in
// option_table.cc, which has its name, its range and its help. nullopt of a limit is
// "none": there is no limit.
struct Options {
  std::string own_runtimes_file;  // The manifest that came with owpoold. Not an option.

  std::string listen_address = "127.0.0.1";
  int listen_port = 3233;  // 0: a free one.
  std::string state_dir;
  Factory factory = Factory::Process;
  std::string runtimes_file;
  // More than one namespace can hold with blocking invocations: probes get through.
  int connections_max = 1280;
  Duration drain_timeout = std::chrono::seconds(30);

  LogLevel log_level = LogLevel::Info;  // What is below is not written.
  LogFormat log_format = LogFormat::Text;
  MetricsCompat metrics_compat = MetricsCompat::None;

  ByteSize user_memory = ByteSize::mebibytes(1024);
  std::optional<Duration> pause_grace = std::chrono::seconds(10);
  Duration idle_timeout = std::chrono::minutes(10);
  MemoryRelease memory_release = MemoryRelease::WhenRemovalConfirmed;
  PrewarmAccounting prewarm_accounting = PrewarmAccounting::Separate;
  Duration prewarm_check_interval = std::chrono::minutes(10);
  QueueDiscipline queue_discipline = QueueDiscipline::Fifo;
  BlockingPriority blocking_priority = BlockingPriority::None;
  int buffer_max = 10000;
  int starts_in_flight_max = 64;
  int reschedules_max = 3;

  // Of the factory Docker.
  std::string docker_host;     // Empty: DOCKER_HOST, else Docker's usual socket.
  std::string docker_network;  // Empty: one of our own.
  DockerPull docker_pull = DockerPull::IfMissing;
  DockerPause docker_pause = DockerPause::Engine;
  int docker_parallel_creates = 0;           // 0: one for each processor.
  std::vector<std::string> blackbox_images;  // See Manifest::allowsImage().

  // Of each namespace.
  std::optional<int> concurrent_invocations = 1000;
  std::optional<int> invocations_per_minute;

  // The most that an action may ask for.
  int action_concurrency_max = 200;
  ByteSize action_memory_max = ByteSize::mebibytes(512);
  Duration action_timeout_max = std::chrono::minutes(5);

  // Records that are kept.
  std::optional<int> activations_max = 100000;
  std::optional<Duration> activations_max_age = std::chrono::hours(24 * 30);
};

}  // namespace owpool::daemon

#endif  // OWPOOLD_CONFIG_OPTIONS_H_
