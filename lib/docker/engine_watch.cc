#include "docker/engine_watch.h"

#include <algorithm>
#include <system_error>
#include <utility>

#include "docker/leftover.h"

namespace owpool::docker {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kRetryMin{50};
constexpr std::chrono::milliseconds kRetryMax{2000};
// A stream of events that was open for as long has begun well.
constexpr std::chrono::milliseconds kLong{500};
// Removals at a time: of many the engine would be slow with each.
constexpr std::size_t kRemovalsMax = 4;

}  // namespace

EngineWatch::EngineWatch(const Engine& engine, std::string label, Duration interval)
    : engine_(engine), label_(std::move(label)), interval_(interval) {}

EngineWatch::~EngineWatch() { stop(); }

absl::Status EngineWatch::start() {
  if (auto status = reconcile(false); !status.ok()) return status;
  try {
    thread_ = std::thread([this] { loop(); });
  } catch (const std::system_error& error) {
    return absl::ResourceExhaustedError(std::string("starting a thread: ") + error.what());
  }
  return absl::OkStatus();
}

void EngineWatch::stop() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopped_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void EngineWatch::sleep(Duration duration) {
  std::unique_lock<std::mutex> lock(mutex_);
  changed_.wait_for(lock, duration, [&] { return stopped_.load(); });
}

void EngineWatch::loop() {
  Duration retry = kRetryMin;
  while (!stopped_) {
    bool opened = false;
    Clock::time_point looked_at{};
    Engine::EventsRequest request;
    request.label = label_;
    request.silence_max = interval_;
    request.on_open = [&] {
      (void)reconcile(true);
      looked_at = Clock::now();
      opened = true;
    };
    request.on_event = [&](const EngineEvent& event) {
      if (isDeath(event)) died(event.container_id);
      return Clock::now() - looked_at < interval_;
    };
    (void)engine_.events(request, &stopped_);
    // A stream that lasted is opened again soon, one that cannot be had ever more rarely.
    const bool lasted = opened && Clock::now() - looked_at >= std::min<Duration>(interval_, kLong);
    retry = lasted ? kRetryMin : std::min<Duration>(2 * retry, kRetryMax);
    sleep(retry);
  }
}

void EngineWatch::creating(const std::string& name) {
  const std::lock_guard<std::mutex> lock(mutex_);
  creating_.insert(name);
}

void EngineWatch::doneCreating(const std::string& name) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (const auto found = creating_.find(name); found != creating_.end()) creating_.erase(found);
}

void EngineWatch::add(const std::string& id, std::function<void()> on_death) {
  const std::lock_guard<std::mutex> lock(mutex_);
  watched_[id] = Watched{std::move(on_death), {}};
}

void EngineWatch::setStartedAt(const std::string& id, const std::string& started_at) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (const auto found = watched_.find(id); found != watched_.end()) {
    found->second.started_at = started_at;
  }
}

bool EngineWatch::isLeftover(const std::string& id, const std::string& name) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return watched_.count(id) == 0 && creating_.count(name) <= 1;
}

void EngineWatch::remove(const std::string& id) {
  std::unique_lock<std::mutex> lock(mutex_);
  watched_.erase(id);
  if (std::this_thread::get_id() == thread_.get_id()) return;
  changed_.wait(lock, [&] { return running_id_ != id; });
}

void EngineWatch::died(const std::string& id) {
  std::function<void()> on_death;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto found = watched_.find(id);
    if (stopped_ || found == watched_.end() || !found->second.on_death) return;
    // It stays known, so that it is not taken for somebody's leftover.
    on_death = std::exchange(found->second.on_death, nullptr);
    running_id_ = id;
  }
  on_death();
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    running_id_.clear();
  }
  changed_.notify_all();
}

absl::Status EngineWatch::reconcile(bool lives) {
  std::map<std::string, std::string> started_at;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (const auto& [id, watched] : watched_) {
      if (!watched.started_at.empty()) started_at[id] = watched.started_at;
    }
  }
  // What is added from here on is not in "started_at", whether it is in the list or not.
  const auto list = engine_.list(label_, Patience{Clock::time_point::max(), &stopped_});
  if (!list.ok()) return list.status();
  std::vector<std::string> unknown;
  std::map<std::string, bool> alive;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (const ListedContainer& container : *list) {
      alive[container.id] = isAlive(container.status);
      const bool being_created =
          std::any_of(container.names.begin(), container.names.end(),
                      [&](const std::string& name) { return creating_.count(name) > 0; });
      if (watched_.count(container.id) == 0 && !being_created) unknown.push_back(container.id);
    }
  }
  removeAll(unknown);
  for (const auto& [id, since] : started_at) {
    bool same = alive[id];
    if (same && lives) {
      const auto info = engine_.inspect(id, Patience{Clock::time_point::max(), &stopped_});
      same = !info.ok() || (info->started_at == since && isAlive(info->status));
    }
    if (!same) died(id);
  }
  return absl::OkStatus();
}

void EngineWatch::removeAll(const std::vector<std::string>& ids) {
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t i = next++; i < ids.size() && !stopped_; i = next++) {
      // If it fails it is found again at the next look.
      (void)removeLeftover(engine_, ids[i], Patience{Clock::time_point::max(), &stopped_});
    }
  };
  std::vector<std::thread> threads;
  try {
    for (std::size_t i = 1; i < std::min(ids.size(), kRemovalsMax); ++i) threads.emplace_back(work);
  } catch (const std::system_error&) {
    // Then there are fewer.
  }
  work();
  for (std::thread& thread : threads) thread.join();
}

}  // namespace owpool::docker
