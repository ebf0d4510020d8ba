// Reads the log of one container from the engine as it is written.
#ifndef OWPOOL_LIB_DOCKER_LOG_FOLLOWER_H_
#define OWPOOL_LIB_DOCKER_LOG_FOLLOWER_H_

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>

#include "docker/engine.h"
#include "logs/log_collector.h"

namespace owpool::docker {

// Feeds "collector" on a thread of its own. A stream that breaks off is taken up where it
// was: after the last frame that was read.
class LogFollower {
 public:
  LogFollower(const Engine& engine, std::string id, logs::LogCollector& collector);
  ~LogFollower();
  LogFollower(const LogFollower&) = delete;
  LogFollower& operator=(const LogFollower&) = delete;

  // From the log's beginning. Called at most once.
  void start();
  // Makes it end soon; the destructor waits for that.
  void stop();

 private:
  void loop();
  void end();
  void onFrame(LogFrame& frame);

  const Engine& engine_;
  const std::string id_;
  logs::LogCollector& collector_;
  std::atomic<bool> stopped_ = false;
  std::mutex mutex_;
  std::condition_variable stopped_changed_;

  // Where we are: frames of that time that were read, and how many of them have to be
  // passed over since they come again. Used by the thread only.
  std::int64_t last_unix_nanos_ = 0;
  int read_at_last_ = 0;
  int repeated_ = 0;

  std::thread thread_;
};

}  // namespace owpool::docker

#endif  // OWPOOL_LIB_DOCKER_LOG_FOLLOWER_H_
