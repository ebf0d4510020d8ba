// The client of the engine's API against an engine that does everything wrong.
#include "docker/engine.h"

#include <catch2/catch.hpp>
#include <atomic>
#include <chrono>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "tests/docker/fake_engine.h"

namespace owpool::docker_test {
namespace {

using docker::Engine;
using docker::Patience;
using docker::patienceFor;
using std::chrono::milliseconds;
using std::chrono::seconds;
using Clock = std::chrono::steady_clock;

bool contains(const absl::Status& status, const std::string& part) {
  return std::string(status.message()).find(part) != std::string::npos;
}

DockerTimeouts shortTimeouts() {
  DockerTimeouts timeouts;
  for (Duration* each : {&timeouts.version, &timeouts.create, &timeouts.start, &timeouts.inspect,
                         &timeouts.list, &timeouts.pause, &timeouts.unpause, &timeouts.kill,
                         &timeouts.remove, &timeouts.pull, &timeouts.network, &timeouts.stream}) {
    *each = milliseconds(300);
  }
  return timeouts;
}

struct Fixture {
  Fixture() { REQUIRE(engine.negotiate().ok()); }
  FakeEngine fake;
  Engine engine{fake.address(), shortTimeouts()};
  std::string id = fake.add("a", {{"l", "v"}}).id;
};

// Every call, by the request that it makes.
struct Call {
  std::string request;
  std::function<absl::Status(const Engine&, const std::string& id)> make;
};

std::vector<Call> allCalls() {
  return {
      {"GET /_ping", [](const Engine& e, const std::string&) { return e.ping(); }},
      {"POST /containers/create",
       [](const Engine& e, const std::string&) { return e.create("x", "{}").status(); }},
      {"POST /containers/0",
       [](const Engine& e, const std::string& id) { return e.start(id); }},
      {"GET /containers/0",
       [](const Engine& e, const std::string& id) { return e.inspect(id).status(); }},
      {"POST /containers/0", [](const Engine& e, const std::string& id) { return e.pause(id); }},
      {"POST /containers/0", [](const Engine& e, const std::string& id) { return e.unpause(id); }},
      {"POST /containers/0", [](const Engine& e, const std::string& id) { return e.kill(id); }},
      {"DELETE /containers/0",
       [](const Engine& e, const std::string& id) { return e.remove(id); }},
      {"GET /containers/json",
       [](const Engine& e, const std::string&) { return e.list("l=v").status(); }},
      {"GET /images/", [](const Engine& e, const std::string&) { return e.inspectImage("i"); }},
      {"POST /images/create",
       [](const Engine& e, const std::string&) { return e.pullImage("i"); }},
      {"POST /images/create",
       [](const Engine& e, const std::string&) { return e.importImage("i", "CMD x", "tar"); }},
      {"POST /networks/create",
       [](const Engine& e, const std::string&) { return e.createNetwork("{}"); }},
      {"GET /networks/",
       [](const Engine& e, const std::string&) { return e.inspectNetwork("n").status(); }},
      {"DELETE /networks/",
       [](const Engine& e, const std::string&) { return e.removeNetwork("n"); }},
      {"GET /events",
       [](const Engine& e, const std::string&) {
         return e.events({"l=v", [] {}, [](const auto&) { return true; }, seconds(5)}, nullptr);
       }},
      {"GET /containers/0",
       [](const Engine& e, const std::string& id) {
         return e.logs({id, true, 0, [](auto&) { return true; }, seconds(5)}, nullptr);
       }},
  };
}

TEST_CASE("no call waits longer than its timeout for an engine that does not answer") {
  Fixture fixture;
  for (const Call& call : allCalls()) {
    INFO(call.request);
    fixture.fake.react(call.request, FakeEngine::hang());
    const auto start = Clock::now();
    const absl::Status status = call.make(fixture.engine, fixture.id);
    CHECK(status.code() == absl::StatusCode::kDeadlineExceeded);
    CHECK(contains(status, "within 300 ms"));
    CHECK(Clock::now() - start < seconds(3));
  }
}

TEST_CASE("an engine that breaks off, or talks nonsense, is not available, whatever the call") {
  Fixture fixture;
  for (const Call& call : allCalls()) {
    for (const auto& reaction : {FakeEngine::close(), FakeEngine::garbage(), FakeEngine::half()}) {
      INFO(call.request);
      fixture.fake.react(call.request, reaction);
      CHECK(call.make(fixture.engine, fixture.id).code() == absl::StatusCode::kUnavailable);
    }
    fixture.fake.react(call.request, FakeEngine::status(503, "{\"message\":\"not now\"}"));
    const absl::Status status = call.make(fixture.engine, fixture.id);
    CHECK(status.code() == absl::StatusCode::kUnavailable);
    CHECK(contains(status, "not now (status 503)"));
  }
}

TEST_CASE("answers that are JSON but not what they should be are the engine's fault") {
  Fixture fixture;
  for (const char* body : {"", "null", "[]", "{}", "{\"Id\":1}", "[{}]", "[[]]", "\"\"",
                           "{\"Id\":\"x\",\"State\":[]}"}) {
    INFO(body);
    const auto answer = FakeEngine::status(200, body);
    fixture.fake.react("GET /containers/0", answer);
    CHECK_FALSE(fixture.engine.inspect(fixture.id).ok());
    fixture.fake.react("POST /containers/create", answer);
    CHECK_FALSE(fixture.engine.create("x", "{}").ok());
    fixture.fake.react("GET /version", answer);
    Engine other(fixture.fake.address(), shortTimeouts());
    CHECK_FALSE(other.negotiate().ok());
  }
  fixture.fake.react("GET /containers/json", FakeEngine::status(200, "[{\"Id\":\"x\"}]"));
  CHECK_FALSE(fixture.engine.list("l=v").ok());
}

TEST_CASE("an answer without end is cut off") {
  Fixture fixture;
  fixture.fake.react("GET /containers/0", [](http::testing::RawPeer& peer) {
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 9000000\r\n\r\n");
    peer.send(std::string(9000000, ' '));
  });
  CHECK(contains(fixture.engine.inspect(fixture.id).status(), "longer than"));
}

TEST_CASE("nobody where the engine should be is not available") {
  const Engine engine("unix:/tmp/owpool-no-such-socket", DockerTimeouts());
  CHECK(engine.ping().code() == absl::StatusCode::kUnavailable);
  CHECK(contains(engine.ping(), "cannot be reached at unix:/tmp/owpool-no-such-socket"));
}

TEST_CASE("requests name the version that was agreed on") {
  FakeEngine fake;
  fake.newest_version = "1.53";
  fake.oldest_version = "1.44";
  Engine engine(fake.address(), shortTimeouts());
  REQUIRE(engine.negotiate().ok());
  CHECK(engine.apiVersion() == "1.44");
  CHECK(engine.ping().ok());
  fake.oldest_version = "1.50";
  CHECK(engine.negotiate().code() == absl::StatusCode::kFailedPrecondition);
}

TEST_CASE("a container lives from its creation to its removal") {
  Fixture fixture;
  const Engine& engine = fixture.engine;
  const auto id = engine.create("b c", R"({"Image":"i","Labels":{"l":"v"}})");
  REQUIRE(id.ok());
  CHECK(fixture.fake.count("POST /containers/create?name=b%20c") == 1);
  CHECK(engine.start(*id).ok());
  CHECK(engine.inspect(*id)->status == "running");
  CHECK(engine.list("l=v")->size() == 2);
  CHECK(engine.list("l=w")->empty());
  CHECK(engine.kill(*id).ok());
  CHECK(engine.remove(*id).ok());
  CHECK(engine.inspect(*id).status().code() == absl::StatusCode::kNotFound);
}

TEST_CASE("a pause that fails is judged by the state, as Docker and Podman disagree on codes") {
  Fixture fixture;
  const int code = GENERATE(409, 500);
  const auto refusal = FakeEngine::status(code, "{\"message\":\"is already paused\"}");
  fixture.fake.react("POST /containers/" + fixture.id + "/pause", refusal);
  fixture.fake.change(fixture.id, [](FakeContainer& container) { container.status = "paused"; });
  CHECK(fixture.engine.pause(fixture.id).ok());
  fixture.fake.react("POST /containers/" + fixture.id + "/unpause", refusal);
  CHECK(fixture.engine.unpause(fixture.id).code() == absl::StatusCode::kFailedPrecondition);
  fixture.fake.change(fixture.id, [](FakeContainer& container) { container.status = "running"; });
  fixture.fake.react("POST /containers/" + fixture.id + "/unpause", refusal);
  CHECK(fixture.engine.unpause(fixture.id).ok());
  fixture.fake.dieSilently(fixture.id);
  const absl::Status dead = fixture.engine.pause(fixture.id);
  CHECK(dead.code() == absl::StatusCode::kFailedPrecondition);
  CHECK(contains(dead, "it is exited"));
  CHECK(fixture.engine.pause(std::string(64, 'f')).code() == absl::StatusCode::kNotFound);
}

TEST_CASE("what is gone has been removed, and a removal under way is waited for") {
  Fixture fixture;
  const std::string path = "DELETE /containers/" + fixture.id;
  CHECK(fixture.engine.remove(std::string(64, 'f')).ok());
  fixture.fake.react(path, FakeEngine::status(
                               409, "{\"message\":\"removal of container x is already in "
                                    "progress\"}"), 2);
  CHECK(fixture.engine.remove(fixture.id).code() == absl::StatusCode::kDeadlineExceeded);
  std::thread other([&] {
    std::this_thread::sleep_for(milliseconds(50));
    fixture.fake.forget(fixture.id);
  });
  const absl::Status status = fixture.engine.remove(fixture.id);
  other.join();
  CHECK(status.ok());
}

TEST_CASE("a call can be aborted, and has no longer than its caller") {
  Fixture fixture;
  fixture.fake.react("GET /containers/0", FakeEngine::hang(), 2);
  CHECK(fixture.engine.inspect(fixture.id, patienceFor(milliseconds(50))).status().code() ==
        absl::StatusCode::kDeadlineExceeded);
  std::atomic<bool> abort = true;
  CHECK_FALSE(fixture.engine.inspect(fixture.id, patienceFor(seconds(5), &abort)).ok());
}

TEST_CASE("a pull names a tag, and fails if the stream says so") {
  Fixture fixture;
  CHECK(fixture.engine.pullImage("host:5000/a/b").ok());
  CHECK(fixture.engine.pullImage("a:1").ok());
  CHECK(fixture.fake.count("POST /images/create?fromImage=host%3A5000%2Fa%2Fb%3Alatest") == 1);
  CHECK(fixture.fake.count("POST /images/create?fromImage=a%3A1") == 1);
  fixture.fake.react("POST /images/create",
                     FakeEngine::status(200, "{\"errorDetail\":{\"message\":\"denied\"}}\n"));
  CHECK(contains(fixture.engine.pullImage("a:1"), "denied"));
}

TEST_CASE("events are told as they come until the stream ends, is silent or is unwanted") {
  Fixture fixture;
  std::vector<std::string> dead;
  bool open = false;
  Engine::EventsRequest request{"l=v",
                                [&] {
                                  open = true;
                                  fixture.fake.die(fixture.id);
                                },
                                [&](const docker::EngineEvent& event) {
                                  dead.push_back(event.container_id);
                                  return false;
                                },
                                seconds(5)};
  CHECK(fixture.engine.events(request, nullptr).ok());
  CHECK(open);
  CHECK(dead == std::vector<std::string>{fixture.id});

  request.on_open = [] {};
  request.silence_max = milliseconds(50);
  CHECK(fixture.engine.events(request, nullptr).code() == absl::StatusCode::kDeadlineExceeded);

  request.silence_max = seconds(5);
  request.on_open = [&] {
    fixture.fake.emit("{\"Type\":\"contai");
    fixture.fake.cutEvents();
  };
  CHECK(fixture.engine.events(request, nullptr).code() == absl::StatusCode::kUnavailable);
  request.on_open = [&] { fixture.fake.emit(std::string(500000, 'x')); };
  CHECK(contains(fixture.engine.events(request, nullptr), "are none"));
}

TEST_CASE("a log is read to its end, and what is no log is refused") {
  Fixture fixture;
  const auto read = [&](const std::string& log, std::string* text) {
    fixture.fake.setLog(log);
    return fixture.engine.logs({fixture.id, false, 1795450324412438817,
                                [&](docker::LogFrame& frame) {
                                  *text += frame.payload;
                                  return true;
                                },
                                seconds(5)},
                               nullptr);
  };
  std::string text;
  CHECK(read(std::string("\1\0\0\0\0\0\0\3abc\2\0\0\0\0\0\0\1d", 20), &text).ok());
  CHECK(text == "abcd");
  CHECK(contains(read("not at all", &text), "log is none"));
  CHECK(fixture.fake.count("GET /containers/" + fixture.id +
                           "/logs?stdout=1&stderr=1&timestamps=1&follow=0"
                           "&since=1795450324.412438817") == 2);
}

}  // namespace
}  // namespace owpool::docker_test
