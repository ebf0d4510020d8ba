// Notices the death of containers, and removes those of ours that nobody here knows: what
// an earlier run left, what was created although we were told that it was not.
#ifndef OWPOOL_LIB_DOCKER_ENGINE_WATCH_H_
#define OWPOOL_LIB_DOCKER_ENGINE_WATCH_H_

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "docker/engine.h"

namespace owpool::docker {

// The engine's events wake, its list of containers decides: events get lost, and of what
// ends while the engine is away there are none. Thread-safe.
class EngineWatch {
 public:
  // "label", "name=value", is that of all our containers, and nobody else's. The list is
  // looked at when the stream of events begins, and after each "interval".
  EngineWatch(const Engine& engine, std::string label, Duration interval);
  ~EngineWatch();
  EngineWatch(const EngineWatch&) = delete;
  EngineWatch& operator=(const EngineWatch&) = delete;

  // Removes all that has the label, then begins to watch. Called once.
  absl::Status start();
  // Ends watching. No death is told from then on.
  void stop();

  // From before a container of that name is created until add() or doneCreating().
  void creating(const std::string& name);
  void doneCreating(const std::string& name);

  // "on_death" is called at most once, on the watch's thread.
  void add(const std::string& id, std::function<void()> on_death);
  // The container lives the life that began then: if it is found in another it has died.
  void setStartedAt(const std::string& id, const std::string& started_at);
  // True of one that nobody here has, nor is creating beside the caller's own creating().
  bool isLeftover(const std::string& id, const std::string& name) const;

  // When it returns on_death is not running and never will be; called from within it, it
  // is the last time that it runs. Twice does no harm.
  void remove(const std::string& id);

 private:
  struct Watched {
    std::function<void()> on_death;
    std::string started_at;  // Empty: not known yet.
  };

  void loop();
  // Waits, unless stopped.
  void sleep(Duration duration);
  void died(const std::string& id);
  // Compares what there is with what we know; with "lives", whether each still lives the
  // same life, which the list does not tell.
  absl::Status reconcile(bool lives);
  void removeAll(const std::vector<std::string>& ids);

  const Engine& engine_;
  const std::string label_;
  const Duration interval_;
  std::atomic<bool> stopped_ = false;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, Watched> watched_;
  std::multiset<std::string> creating_;
  std::string running_id_;  // Whose on_death is running.
  std::thread thread_;      // Last: it uses the others.
};

}  // namespace owpool::docker

#endif  // OWPOOL_LIB_DOCKER_ENGINE_WATCH_H_
