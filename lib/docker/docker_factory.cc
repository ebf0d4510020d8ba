#include "docker/docker_factory.h"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "docker/container_spec.h"
#include "docker/labels.h"
#include "docker/leftover.h"

namespace owpool::docker {
namespace {

// How often the engine's list is compared with ours: events do get lost.
constexpr std::chrono::seconds kLookInterval{30};
// How long we wait for an engine to tell what became of a call that it did not answer.
constexpr std::chrono::seconds kAftermath{5};

std::string instanceLabel(const DockerFactoryConfig& config) {
  return fmt::format("{}={}", kInstanceLabel, config.instance);
}

int slotsOf(const DockerFactoryConfig& config) {
  if (config.creates_in_flight_max > 0) return config.creates_in_flight_max;
  return static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
}

absl::Status withMessage(absl::StatusCode code, const std::string& before,
                         const absl::Status& status) {
  return absl::Status(code, fmt::format("{}: {}", before, std::string(status.message())));
}

std::string describe(const RuntimeKind& runtime) {
  return fmt::format("the image \"{}\" of the kind \"{}\"", runtime.image, runtime.kind);
}

}  // namespace

class DockerContainerFactory::Draft {
 public:
  Draft(const Engine& engine, EngineWatch& watch) : engine_(engine), watch_(watch) {}

  ~Draft() {
    if (!id_.empty() && !kept_) {
      watch_.remove(id_);
      // If this fails it is a leftover, which the watch finds.
      (void)engine_.remove(id_);
    }
    if (!name_.empty()) watch_.doneCreating(name_);
  }
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;

  const std::string& id() const { return id_; }
  DeathNotice& death() { return *death_; }

  void creating(const std::string& name) {
    if (!name_.empty()) watch_.doneCreating(name_);
    name_ = name;
    watch_.creating(name);
  }
  void created(const std::string& id) {
    id_ = id;
    watch_.add(id, [death = death_] { death->happened(); });
  }
  // The container's own object removes it from now on.
  void keep() { kept_ = true; }

 private:
  const Engine& engine_;
  EngineWatch& watch_;
  std::string name_;
  std::string id_;
  std::shared_ptr<DeathNotice> death_ = std::make_shared<DeathNotice>();
  bool kept_ = false;
};

DockerContainerFactory::DockerContainerFactory(DockerFactoryConfig config,
                                               const std::string& address)
    : config_(std::move(config)),
      engine_(address, config_.timeouts),
      network_(engine_, config_.network, config_.instance),
      watch_(engine_, instanceLabel(config_), kLookInterval),
      slots_free_(slotsOf(config_)) {}

DockerContainerFactory::~DockerContainerFactory() {
  watch_.stop();
  if (engine_.apiVersion().empty()) return;
  // What could not be removed when it should have been.
  if (const auto left = engine_.list(instanceLabel(config_)); left.ok()) {
    for (const ListedContainer& container : *left) (void)removeLeftover(engine_, container.id);
  }
  (void)network_.remove();
}

absl::Status DockerContainerFactory::start() {
  if (auto status = engine_.negotiate(); !status.ok()) return status;
  if (auto status = network_.ensure(); !status.ok()) return status;
  return watch_.start();
}

absl::Status DockerContainerFactory::takeSlot(const Patience& patience) {
  std::unique_lock<std::mutex> lock(mutex_);
  if (!slot_free_.wait_until(lock, patience.deadline, [&] { return slots_free_ > 0; })) {
    return absl::DeadlineExceededError(
        "the container's turn to be created did not come in time: others are being created");
  }
  --slots_free_;
  return absl::OkStatus();
}

void DockerContainerFactory::returnSlot() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    ++slots_free_;
  }
  slot_free_.notify_one();
}

absl::StatusOr<std::unique_ptr<Container>> DockerContainerFactory::create(StartRequest request) {
  const Patience patience = patienceFor(request.timeout);
  if (auto status = takeSlot(patience); !status.ok()) return status;
  absl::StatusOr<std::unique_ptr<Container>> container = absl::UnknownError("");
  {
    Draft draft(engine_, watch_);
    auto status = createDraft(request, draft, patience);
    container = status.ok() ? startDraft(draft, std::move(request), patience)
                            : absl::StatusOr<std::unique_ptr<Container>>(std::move(status));
  }
  returnSlot();
  // Somebody may have removed our network: then the next one finds it again.
  if (container.status().code() == absl::StatusCode::kUnavailable) (void)network_.ensure();
  return container;
}

absl::Status DockerContainerFactory::createDraft(const StartRequest& request, Draft& draft,
                                                 const Patience& patience) {
  std::string name = fmt::format("{}_{}", config_.name_prefix, request.name);
  draft.creating(name);
  auto id = createNamed(request, name, patience);
  if (id.status().code() == absl::StatusCode::kAlreadyExists) {
    removeByName(name);
    // Not one of an earlier run either.
    const auto time = std::chrono::system_clock::now().time_since_epoch().count();
    name = fmt::format("{}_{}-{}", name, time, next_suffix_++);
    draft.creating(name);
    id = createNamed(request, name, patience);
  }
  if (id.ok()) {
    draft.created(*id);
    return absl::OkStatus();
  }
  switch (id.status().code()) {
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kAlreadyExists:
    case absl::StatusCode::kResourceExhausted: break;
    default: removeByName(name);  // It may have been created nevertheless.
  }
  return id.status();
}

absl::StatusOr<std::string> DockerContainerFactory::createNamed(const StartRequest& request,
                                                                const std::string& name,
                                                                const Patience& patience) {
  const std::string body = bodyFor(request);
  auto id = engine_.create(name, body, patience);
  if (id.status().code() != absl::StatusCode::kNotFound) return id;
  if (config_.pull == DockerPull::Never) {
    return absl::InvalidArgumentError(fmt::format(
        "{} is not on the engine's machine, and pulling is off", describe(request.runtime)));
  }
  if (auto status = obtainImage(request.runtime, patience); !status.ok()) return status;
  return engine_.create(name, body, patience);
}

void DockerContainerFactory::removeByName(const std::string& name) {
  const Patience patience = patienceFor(kAftermath);
  const auto info = engine_.inspect(name, patience);
  if (!info.ok()) return;
  const auto label = info->labels.find(kInstanceLabel);
  const bool ours = label != info->labels.end() && label->second == config_.instance;
  if (ours && watch_.isLeftover(info->id, name)) (void)removeLeftover(engine_, info->id, patience);
}

absl::Status DockerContainerFactory::obtainImage(const RuntimeKind& runtime,
                                                 const Patience& patience) {
  {
    std::unique_lock<std::mutex> lock(mutex_);
    if (!pull_ended_.wait_until(lock, patience.deadline, [&] { return !pulling_; })) {
      return absl::DeadlineExceededError(fmt::format(
          "{} could not be pulled in time: another is being pulled", describe(runtime)));
    }
    pulling_ = true;
  }
  absl::Status status = pullUnlessThere(runtime, patience);
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    pulling_ = false;
  }
  pull_ended_.notify_one();
  return status;
}

absl::Status DockerContainerFactory::pullUnlessThere(const RuntimeKind& runtime,
                                                     const Patience& patience) {
  if (engine_.inspectImage(runtime.image, patience).ok()) return absl::OkStatus();
  const absl::Status status = engine_.pullImage(runtime.image, patience);
  if (status.ok()) return status;
  const bool refused = status.code() == absl::StatusCode::kNotFound;
  return withMessage(refused ? absl::StatusCode::kInvalidArgument : status.code(),
                     describe(runtime) + " is not on the engine's machine and cannot be pulled",
                     status);
}

std::string DockerContainerFactory::bodyFor(const StartRequest& request) const {
  ContainerSpec spec;
  spec.image = request.runtime.image;
  spec.environment = config_.environment;
  spec.labels[kInstanceLabel] = config_.instance;
  spec.labels[kKindLabel] = request.runtime.kind;
  if (request.action) {
    spec.labels[kActionLabel] = fmt::format("{}:{}", request.action->key.invocationNamespace(),
                                            request.action->key.name());
  }
  spec.memory = request.memory;
  spec.cpu_shares = cpuShares(request.memory, config_.user_memory);
  spec.network = network_.name();
  spec.limits = config_.limits;
  return createBody(spec);
}

absl::StatusOr<std::unique_ptr<Container>> DockerContainerFactory::startDraft(
    Draft& draft, StartRequest request, const Patience& patience) {
  if (auto status = engine_.start(draft.id(), patience); !status.ok()) {
    if (status.code() != absl::StatusCode::kInvalidArgument) return status;
    return withMessage(status.code(), describe(request.runtime) + " does not start", status);
  }
  const auto info = engine_.inspect(draft.id(), patience);
  if (!info.ok()) return info.status();
  if (!isAlive(info->status)) {
    return absl::InvalidArgumentError(fmt::format("{} ended as soon as it had started, status {}",
                                                  describe(request.runtime), info->exit_code));
  }
  const auto host = addressIn(*info, network_.name());
  if (!host) {
    return absl::UnavailableError("the container engine gave the container no address");
  }
  watch_.setStartedAt(draft.id(), info->started_at);

  ContainerParts parts;
  parts.id = draft.id();
  parts.address = fmt::format("{}:{}", *host, config_.port);
  parts.response_max = config_.response_max;
  parts.pause = config_.pause;
  if (config_.pause == DockerPause::Freezer) {
    parts.freezer = ContainerFreezer::of(draft.id(), info->pid);
  }
  auto container = std::make_unique<DockerContainer>(std::move(parts), engine_, watch_);
  draft.keep();
  container->tellDeath(draft.death(), std::move(request.on_death));
  return container;
}

}  // namespace owpool::docker
