#include "owpool/testing/fake_container_factory.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <utility>

#include "core/assert.h"
#include "driver/mutex.h"

namespace owpool::testing {
namespace {

// One container's life, shared with the factory so that kill() reaches it.
struct Life {
  bool is_alive = true;
  bool is_paused = false;
  bool is_warm = false;
  bool is_dying = false;  // on_death is being called.
  int run_count = 0;      // In run() now.
  absl::AnyInvocable<void()> on_death;
};

std::int64_t unixNanos() {
  return Duration(std::chrono::system_clock::now().time_since_epoch()).count();
}

constexpr char kGone[] = "The container is gone.";

}  // namespace

struct FakeContainerFactory::Shared {
  ::owpool::internal::Mutex mutex;
  ::owpool::internal::CondVar changed;
  std::function<RunResult(const RunRequest&)> run;
  int refused_runs = 0;
  int failing_removals = 0;
  bool pauses_fail = false;
  int created_count = 0;
  std::map<int, std::shared_ptr<Life>> lives;  // By number; the address is "fake:NUMBER".
  std::vector<std::string> calls;
};

namespace {

class FakeContainer final : public Container {
 public:
  FakeContainer(std::shared_ptr<FakeContainerFactory::Shared> shared, std::shared_ptr<Life> life,
                int number)
      : shared_(std::move(shared)),
        life_(std::move(life)),
        number_(number),
        address_(fmt::format("fake:{}", number)) {}

  const std::string& address() const override { return address_; }

  InitResult initialize(const InitRequest& request) override {
    {
      ::owpool::internal::MutexLock lock(shared_->mutex);
      shared_->calls.push_back("init " + request.action->key.name());
      if (!life_->is_alive) return {false, {}};
      OWPOOL_ASSERT(!life_->is_warm && !life_->is_paused);
      life_->is_warm = true;
    }
    if (request.action->code.text == "broken") {
      ::owpool::internal::MutexLock lock(shared_->mutex);
      log_.lines.push_back({unixNanos(), LogStream::Stderr, "broken"});
      return {true, errorResponse(ActivationStatus::DeveloperError, "The code is broken.")};
    }
    return {true, {ActivationStatus::Success, "{}"}};
  }

  RunResult run(const RunRequest& request) override {
    std::function<RunResult(const RunRequest&)> scripted;
    {
      ::owpool::internal::MutexLock lock(shared_->mutex);
      shared_->calls.push_back("run " + request.action->key.name());
      if (!life_->is_alive) return {false, {}};
      OWPOOL_ASSERT(life_->is_warm && !life_->is_paused);
      if (shared_->refused_runs > 0) {
        --shared_->refused_runs;
        return {false, {}};
      }
      scripted = shared_->run;
      if (life_->run_count++ == 0) log_ = {};
      log_.lines.push_back({unixNanos(), LogStream::Stdout, "out"});
      log_.lines.push_back({unixNanos(), LogStream::Stderr, "err"});
    }
    RunResult result = scripted ? scripted(request) : behave(request);
    ::owpool::internal::MutexLock lock(shared_->mutex);
    --life_->run_count;
    return result;
  }

  ActivationLogs collectLogs(const LogRequest&) override {
    ::owpool::internal::MutexLock lock(shared_->mutex);
    return std::exchange(log_, {});
  }

  absl::Status pause(Duration) override { return setPaused("pause", true); }
  absl::Status resume(Duration) override { return setPaused("resume", false); }

  absl::Status destroy(Duration) override {
    ::owpool::internal::MutexLock lock(shared_->mutex);
    shared_->calls.push_back("destroy");
    if (shared_->failing_removals > 0) {
      --shared_->failing_removals;
      return absl::UnavailableError("The removal was made to fail.");
    }
    life_->is_alive = false;
    shared_->lives.erase(number_);
    shared_->changed.notifyAll();
    while (life_->is_dying) shared_->changed.wait(shared_->mutex);
    return absl::OkStatus();
  }

 private:
  RunResult behave(const RunRequest& request) {
    const std::string& code = request.action->code.text;
    if (code == "error") {
      return {true, errorResponse(ActivationStatus::ApplicationError, "as told")};
    }
    if (code == "exits") {
      FakeContainer::die(*shared_, life_);
      return {true, errorResponse(ActivationStatus::DeveloperError, "The action exited.")};
    }
    if (code == "hangs") return hang(request.timeout);
    return {true, {ActivationStatus::Success, request.parameters}};
  }

  RunResult hang(Duration timeout) {
    ::owpool::internal::MutexLock lock(shared_->mutex);
    const auto deadline = std::chrono::steady_clock::now() + timeout;
    for (Duration left = timeout; life_->is_alive && left > Duration::zero();
         left = deadline - std::chrono::steady_clock::now()) {
      shared_->changed.waitFor(shared_->mutex, left);
    }
    if (!life_->is_alive) return {true, errorResponse(ActivationStatus::DeveloperError, kGone)};
    return {true, timeLimitResponse(ContainerCall::Run, timeout)};
  }

  absl::Status setPaused(std::string call, bool is_paused) {
    ::owpool::internal::MutexLock lock(shared_->mutex);
    shared_->calls.push_back(std::move(call));
    if (shared_->pauses_fail) return absl::UnavailableError("Pausing was made to fail.");
    if (!life_->is_alive) return absl::NotFoundError(kGone);
    life_->is_paused = is_paused;
    return absl::OkStatus();
  }

 public:
  static void die(FakeContainerFactory::Shared& shared, const std::shared_ptr<Life>& life) {
    absl::AnyInvocable<void()> on_death;
    {
      ::owpool::internal::MutexLock lock(shared.mutex);
      if (!life->is_alive) return;
      life->is_alive = false;
      life->is_dying = true;
      on_death = std::move(life->on_death);
      std::erase_if(shared.lives, [&](const auto& entry) { return entry.second == life; });
      shared.changed.notifyAll();
    }
    if (on_death) on_death();
    ::owpool::internal::MutexLock lock(shared.mutex);
    life->is_dying = false;
    shared.changed.notifyAll();
  }

 private:
  const std::shared_ptr<FakeContainerFactory::Shared> shared_;
  const std::shared_ptr<Life> life_;
  const int number_;
  const std::string address_;
  ActivationLogs log_;  // Guarded by the shared lock.
};

}  // namespace

FakeContainerFactory::FakeContainerFactory() : shared_(std::make_shared<Shared>()) {}
FakeContainerFactory::~FakeContainerFactory() = default;

absl::StatusOr<std::unique_ptr<Container>> FakeContainerFactory::create(StartRequest request) {
  auto life = std::make_shared<Life>();
  life->on_death = std::move(request.on_death);
  ::owpool::internal::MutexLock lock(shared_->mutex);
  shared_->calls.push_back("create " + request.name);
  if (request.runtime.image == "missing") {
    return absl::InvalidArgumentError(fmt::format("There is no image for {}.",
                                                  request.runtime.kind));
  }
  const int number = ++shared_->created_count;
  shared_->lives.emplace(number, life);
  return std::make_unique<FakeContainer>(shared_, std::move(life), number);
}

void FakeContainerFactory::setRun(std::function<RunResult(const RunRequest&)> run) {
  ::owpool::internal::MutexLock lock(shared_->mutex);
  shared_->run = std::move(run);
}

void FakeContainerFactory::refuseRuns(int count) {
  ::owpool::internal::MutexLock lock(shared_->mutex);
  shared_->refused_runs = count;
}

void FakeContainerFactory::failRemovals(int count) {
  ::owpool::internal::MutexLock lock(shared_->mutex);
  shared_->failing_removals = count;
}

void FakeContainerFactory::failPauses(bool fails) {
  ::owpool::internal::MutexLock lock(shared_->mutex);
  shared_->pauses_fail = fails;
}

bool FakeContainerFactory::kill(const std::string& address) {
  std::shared_ptr<Life> life;
  {
    ::owpool::internal::MutexLock lock(shared_->mutex);
    for (const auto& [number, candidate] : shared_->lives) {
      if (fmt::format("fake:{}", number) == address) life = candidate;
    }
  }
  if (life == nullptr) return false;
  FakeContainer::die(*shared_, life);
  return true;
}

std::vector<std::string> FakeContainerFactory::living() const {
  ::owpool::internal::MutexLock lock(shared_->mutex);
  std::vector<std::string> addresses;
  for (const auto& [number, life] : shared_->lives) {
    addresses.push_back(fmt::format("fake:{}", number));
  }
  return addresses;
}

int FakeContainerFactory::createdCount() const {
  ::owpool::internal::MutexLock lock(shared_->mutex);
  return shared_->created_count;
}

std::vector<std::string> FakeContainerFactory::calls() const {
  ::owpool::internal::MutexLock lock(shared_->mutex);
  return shared_->calls;
}

}  // namespace owpool::testing
