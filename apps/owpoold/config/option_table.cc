#include "owpoold/config/option_table.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "owpoold/config/docker_options.h"
#include "owpoold/config/option_kinds.h"

namespace owpool::daemon {
namespace {

constexpr int kCountMax = 1'000'000'000;

Option reloadable(Option option) {
  option.reloadable = true;
  return option;
}

Option withDefault(std::string words, Option option) {
  option.default_words = std::move(words);
  return option;
}

std::vector<Option> serverOptions() {
  return {
      listenOption("listen", "where to serve; port 0 takes a free one"),
      withDefault("~/.local/state/owpool",
                  textOption("state-dir", "DIR", "where actions and activations are kept",
                             &Options::state_dir)),
      choiceOption<Factory>("factory", "what containers are made of", &Options::factory,
                            {{"process", Factory::Process}, {"docker", Factory::Docker}}),
      withDefault("the one that came with owpoold",
                  textOption("runtimes", "FILE", "manifest of the kinds of actions",
                             &Options::runtimes_file)),
      countOption("connections-max", "connections at a time; the slowest client makes room",
                  &Options::connections_max, 1, 10000),
      reloadable(durationOption("drain-timeout",
                                "what runs has this long when the daemon is to end",
                                &Options::drain_timeout, Duration(0))),
      reloadable(choiceOption<LogLevel>("log-level", "lines below this are not written",
                                        &Options::log_level,
                                        {{"debug", LogLevel::Debug},
                                         {"info", LogLevel::Info},
                                         {"warning", LogLevel::Warning},
                                         {"error", LogLevel::Error}})),
      choiceOption<LogFormat>("log-format", "key=value or a JSON object a line",
                              &Options::log_format,
                              {{"text", LogFormat::Text}, {"json", LogFormat::Json}}),
      choiceOption<MetricsCompat>(
          "metrics-compat", "names that /metrics has besides our own", &Options::metrics_compat,
          {{"none", MetricsCompat::None}, {"openwhisk", MetricsCompat::OpenWhisk}}),
  };
}

std::vector<Option> poolOptions() {
  return {
      sizeOption("user-memory", "memory for the containers of actions", &Options::user_memory),
      durationOption("pause-grace", "an idle container is paused after this long",
                     &Options::pause_grace, Duration(0)),
      durationOption("idle-timeout", "an idle container is removed after this long",
                     &Options::idle_timeout),
      choiceOption<MemoryRelease>("memory-release",
                                  "a removal gives memory back when confirmed or at its start",
                                  &Options::memory_release,
                                  {{"confirmed", MemoryRelease::WhenRemovalConfirmed},
                                   {"start", MemoryRelease::WhenRemovalStarts}}),
      choiceOption<PrewarmAccounting>(
          "prewarm-accounting", "stem cells beside user-memory or within it",
          &Options::prewarm_accounting,
          {{"separate", PrewarmAccounting::Separate}, {"shared", PrewarmAccounting::Shared}}),
      durationOption("prewarm-check-interval", "how often reactive stem cells follow demand",
                     &Options::prewarm_check_interval),
      choiceOption<QueueDiscipline>(
          "queue-discipline", "warm-bypass: a warm container is not waited for behind others",
          &Options::queue_discipline,
          {{"fifo", QueueDiscipline::Fifo}, {"warm-bypass", QueueDiscipline::WarmBypass}}),
      choiceOption<BlockingPriority>("blocking-priority",
                                     "whether blocking invocations overtake the others",
                                     &Options::blocking_priority,
                                     {{"none", BlockingPriority::None},
                                      {"blocking-first", BlockingPriority::BlockingFirst}}),
      countOption("buffer-max", "activations waiting for a container; one more is refused",
                  &Options::buffer_max, 0, kCountMax),
      countOption("starts-in-flight-max", "containers started at the same time",
                  &Options::starts_in_flight_max, 1, kCountMax),
      countOption("reschedules-max", "how often an undelivered activation is tried elsewhere",
                  &Options::reschedules_max, 0, kCountMax),
  };
}

std::vector<Option> dockerOptions() {
  return {
      wordOrTextOption("docker-host", "unix:///SOCKET|tcp://HOST:PORT", "default",
                       "the engine; default: DOCKER_HOST, else /var/run/docker.sock",
                       &Options::docker_host, checkEngineAddress),
      wordOrTextOption("docker-network", "NAME", "own",
                       "network of the containers; own: one made for them",
                       &Options::docker_network, checkNetworkName),
      choiceOption<DockerPull>("docker-pull", "whether images that are missing are pulled",
                               &Options::docker_pull,
                               {{"never", DockerPull::Never}, {"missing", DockerPull::IfMissing}}),
      choiceOption<DockerPause>("docker-pause",
                                "who pauses an idle container; freezer: we do, much faster",
                                &Options::docker_pause,
                                {{"engine", DockerPause::Engine},
                                 {"freezer", DockerPause::Freezer},
                                 {"none", DockerPause::None}}),
      countOption("docker-parallel-creates",
                  "containers created at a time; 0: one for each processor",
                  &Options::docker_parallel_creates, 0, 1000),
      imagesOption("blackbox-images", "images that actions may bring: PREFIX/, NAME or NAME:TAG",
                   &Options::blackbox_images),
  };
}

std::vector<Option> limitOptions() {
  return {
      reloadable(countOption("concurrent-invocations", "invocations of one namespace at a time",
                             &Options::concurrent_invocations, 1, kCountMax)),
      reloadable(countOption("invocations-per-minute", "invocations of one namespace in a minute",
                             &Options::invocations_per_minute, 1, kCountMax)),
      countOption("action-concurrency-max", "the most limits.concurrency may be",
                  &Options::action_concurrency_max, 1, 10000),
      reloadable(sizeOption("action-memory-max", "the most limits.memory may be",
                            &Options::action_memory_max)),
      reloadable(durationOption("action-timeout-max", "the most limits.timeout may be",
                                &Options::action_timeout_max)),
      reloadable(countOption("activations-max", "records kept, the newest",
                             &Options::activations_max, 1, kCountMax)),
      reloadable(durationOption("activations-max-age", "records older than this are removed",
                                &Options::activations_max_age)),
  };
}

}  // namespace

const std::vector<Option>& optionTable() {
  static const auto* const table = [] {
    auto* all = new std::vector<Option>(serverOptions());
    for (auto& part : {poolOptions(), dockerOptions(), limitOptions()}) {
      all->insert(all->end(), part.begin(), part.end());
    }
    return all;
  }();
  return *table;
}

std::vector<std::string> optionNames() {
  std::vector<std::string> names;
  for (const Option& option : optionTable()) names.push_back(option.name);
  return names;
}

std::string defaultWords(const Option& option) {
  return option.default_words.empty() ? option.get(Options()) : option.default_words;
}

const Option* findOption(std::string_view name) {
  for (const Option& option : optionTable()) {
    if (option.name == name) return &option;
  }
  return nullptr;
}

std::string variableOf(std::string_view option_name) {
  std::string variable = "OWPOOLD_" + absl::AsciiStrToUpper(std::string(option_name));
  for (char& c : variable) {
    if (c == '-') c = '_';
  }
  return variable;
}

}  // namespace owpool::daemon
