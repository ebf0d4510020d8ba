// A container engine for tests: listens on a Unix socket, keeps containers and networks
// that are names only, and does for each kind of request what it is told to, once or
// always: answer wrongly, slowly, half, or not at all.
#ifndef OWPOOL_TESTS_DOCKER_FAKE_ENGINE_H_
#define OWPOOL_TESTS_DOCKER_FAKE_ENGINE_H_

#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "docker/engine_answers.h"
#include "tests/http/raw_peer.h"

namespace owpool::docker_test {

struct FakeContainer {
  std::string id;
  std::string name;
  std::string image;
  std::string status = "created";
  std::string started_at = "2026-01-01T00:00:00Z";
  bool oom_killed = false;
  int exit_code = 0;
  docker::Labels labels;
};

class FakeEngine {
 public:
  // Says what is done with a request whose head and body have been read.
  using Reaction = std::function<void(http::testing::RawPeer&)>;

  FakeEngine();
  ~FakeEngine();
  FakeEngine(const FakeEngine&) = delete;
  FakeEngine& operator=(const FakeEngine&) = delete;

  // As DOCKER_HOST has it, and as lib/http has it.
  std::string host() const { return "unix://" + path_; }
  std::string address() const { return "unix:" + path_; }

  // The next "times" requests that begin so, "POST /containers/create" without version,
  // get that instead of the usual.
  void react(const std::string& request, Reaction reaction, int times = 1);

  // Ways to answer wrongly.
  static Reaction status(int code, const std::string& body);
  static Reaction hang();      // Until the client gives up.
  static Reaction garbage();
  static Reaction half();      // A success whose body does not come.
  static Reaction close();
  // First the usual thing, then "reaction" instead of its answer.
  Reaction doneBut(const Reaction& reaction);

  FakeContainer& add(const std::string& name, const docker::Labels& labels,
                     const std::string& status = "running");
  void addNetwork(const std::string& name, const docker::Labels& labels);
  void change(const std::string& id, const std::function<void(FakeContainer&)>& how);
  // It ends and that is told; and the same without a word.
  void die(const std::string& id);
  void dieSilently(const std::string& id);
  // It is removed by somebody, silently.
  void forget(const std::string& id);
  void forgetNetworks();
  void emit(const std::string& text);
  // Ends all streams of events that are open, in the middle of a chunk.
  void cutEvents();
  // Of the log of every container; times are given.
  void setLog(const std::string& frames) { log_ = frames; }

  std::vector<FakeContainer> containers() const;
  std::vector<std::string> networks() const;
  // Those that began so. With the query.
  int count(const std::string& request) const;
  std::vector<std::string> requests() const;
  std::string lastBody(const std::string& request) const;
  int eventStreams() const;

  std::string newest_version = "1.41";
  std::string oldest_version = "1.12";

 private:
  struct Script {
    std::string request;
    Reaction reaction;
    int times;
  };

  void serve();
  void handle(int fd);
  // What the engine would do. "request" is method and target without version.
  std::pair<int, std::string> usual(const std::string& request, const std::string& body);
  std::pair<int, std::string> onContainer(const std::string& method, const std::string& rest);
  std::pair<int, std::string> create(const std::string& query, const std::string& body);
  std::string list(const std::string& query) const;
  void streamEvents(http::testing::RawPeer& peer);
  FakeContainer* find(const std::string& id_or_name);

  std::string directory_;
  std::string path_;
  int fd_ = -1;
  std::atomic<bool> stopped_{false};
  mutable std::mutex mutex_;
  std::vector<Script> scripts_;
  std::map<std::string, FakeContainer> containers_;
  std::map<std::string, docker::Labels> networks_;
  std::vector<std::string> requests_;
  std::map<std::string, std::string> bodies_;
  std::vector<std::string> events_;
  std::set<int> peers_;
  std::set<int> event_peers_;
  std::string log_;
  int next_id_ = 1;
  std::vector<std::thread> threads_;
  std::thread accepting_;
};

}  // namespace owpool::docker_test

#endif  // OWPOOL_TESTS_DOCKER_FAKE_ENGINE_H_
