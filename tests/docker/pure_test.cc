// What is pure in lib/docker: what the engine's answers mean, and its streams taken apart.
#include <catch2/catch.hpp>
#include <random>
#include <string>
#include <vector>

#include "docker/api_version.h"
#include "docker/container_freezer.h"
#include "docker/container_spec.h"
#include "docker/engine_address.h"
#include "docker/engine_answers.h"
#include "docker/engine_events.h"
#include "docker/engine_status.h"
#include "docker/log_frames.h"
#include "json/json.h"

namespace owpool::docker {
namespace {

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

std::string messageOf(const absl::Status& status) { return std::string(status.message()); }

TEST_CASE("the engine's codes mean the same whoever says them, Docker or Podman") {
  struct Row {
    Operation operation;
    int http_status;
    std::string body;
    absl::StatusCode meaning;
  };
  using enum Operation;
  using enum absl::StatusCode;
  const auto row = GENERATE(values<Row>({
      {Create, 201, "{}", kOk},
      {Create, 404, R"({"message":"No such image: nope:1"})", kNotFound},
      {Create, 404, R"({"message":"network owp not found"})", kUnavailable},
      {Create, 409, R"({"message":"Conflict. The container name \"/a\" is in use"})",
       kAlreadyExists},
      {Create, 500, R"({"cause":"x","message":"that name is already in use","response":500})",
       kAlreadyExists},
      {Create, 400, R"({"message":"Minimum memory limit allowed is 6MB"})", kInvalidArgument},
      {Create, 500, R"({"message":"write: no space left on device"})", kResourceExhausted},
      {Create, 500, "", kUnavailable},
      {Start, 204, "", kOk},
      {Start, 304, "", kOk},
      {Start, 400, R"({"message":"OCI runtime create failed"})", kInvalidArgument},
      {Start, 404, R"({"message":"network x not found"})", kUnavailable},
      {Start, 500, R"({"message":"could not find bridge docker0"})", kUnavailable},
      {Start, 500, R"({"message":"crun: executable file `x` not found in $PATH"})",
       kInvalidArgument},
      {Start, 500, R"({"message":"OCI runtime attempted to invoke a command that was not found"})",
       kInvalidArgument},
      {Pause, 409, R"({"message":"Container x is already paused"})", kFailedPrecondition},
      {Pause, 404, R"({"message":"No such container: x"})", kNotFound},
      {Unpause, 500, R"({"message":"Container x is not paused"})", kFailedPrecondition},
      {Kill, 409, R"({"message":"Container x is not running"})", kFailedPrecondition},
      {Remove, 204, "", kOk},
      {Remove, 404, R"({"message":"No such container"})", kOk},
      {Remove, 409, R"({"message":"removal of container x is already in progress"})", kAborted},
      {Remove, 500, R"({"message":"device or resource busy"})", kUnavailable},
      {Inspect, 404, "", kNotFound},
      {NetworkCreate, 409, R"({"message":"network with name x already exists"})", kAlreadyExists},
      {NetworkRemove, 403, R"({"message":"network x has active endpoints"})",
       kFailedPrecondition},
      {NetworkRemove, 404, "", kOk},
      {List, 400, "client version 1.2 is too old", kInvalidArgument},
      {List, 302, "", kUnavailable},
      {List, 418, "", kUnavailable},
  }));
  INFO(row.http_status << " " << row.body);
  CHECK(engineStatus(row.operation, row.http_status, row.body).code() == row.meaning);
}

TEST_CASE("what the engine says is quoted, but cannot fill or forge a log") {
  CHECK(engineMessage("{\"message\":\"a\\nb\\u001b[31m\"}") == "a b [31m");
  CHECK(engineMessage("plain text\n") == "plain text");
  CHECK(engineMessage("{\"message\":7}") == "{\"message\":7}");
  CHECK(engineMessage(std::string(100000, 'x')).size() < 600);
  CHECK(contains(messageOf(engineStatus(Operation::Create, 500, "")), "does not say why"));
}

TEST_CASE("the version of the API is one that both speak, or it is said that there is none") {
  CHECK(*chooseApiVersion("1.41", "1.12") == "1.41");
  CHECK(*chooseApiVersion("1.50", "1.24") == "1.41");
  CHECK(*chooseApiVersion("1.53", "1.44") == "1.44");
  CHECK(*chooseApiVersion("1.41", "") == "1.41");
  for (const auto& [newest, oldest] : {std::pair<std::string, std::string>{"1.40", "1.12"},
                                       {"1.60", "1.45"},
                                       {"2.0", "2.0"}}) {
    const auto none = chooseApiVersion(newest, oldest);
    CHECK(none.status().code() == absl::StatusCode::kFailedPrecondition);
    CHECK(contains(messageOf(none.status()), newest));
  }
  CHECK_FALSE(chooseApiVersion("latest", "1.12").ok());
}

TEST_CASE("an engine listens on a path, or on TCP if that is allowed") {
  CHECK(*engineAddress("", false) == "unix:/var/run/docker.sock");
  CHECK(*engineAddress("unix:///a/b.sock", false) == "unix:/a/b.sock");
  CHECK(*engineAddress("tcp://host:2375", true) == "host:2375");
  CHECK(*engineAddress("tcp://[::1]:2375/", true) == "[::1]:2375");
  const auto refused = engineAddress("tcp://host:2375", false);
  CHECK(contains(messageOf(refused.status()), "allowed explicitly"));
  for (const char* text : {"unix://", "unix://relative", "tcp://host", "ssh://host", "/a/b",
                           "npipe:////./pipe/docker_engine"}) {
    INFO(text);
    CHECK(engineAddress(text, true).status().code() == absl::StatusCode::kInvalidArgument);
  }
}

std::string frame(char stream, const std::string& payload) {
  std::string text{stream, 0, 0, 0};
  for (int shift = 24; shift >= 0; shift -= 8) {
    text += static_cast<char>((payload.size() >> shift) & 0xff);
  }
  return text + payload;
}

TEST_CASE("log frames are put together wherever the stream was cut") {
  const std::string text = frame(1, "out\n") + frame(2, "") + frame(2, "err") +
                           frame(1, std::string(16384, 'x'));
  for (std::size_t cut = 0; cut <= 30; ++cut) {
    LogFrames frames;
    std::vector<LogFrame> all = frames.feed(text.substr(0, cut));
    for (LogFrame& more : frames.feed(text.substr(cut))) all.push_back(std::move(more));
    REQUIRE(all.size() == 4);
    CHECK(all[0].stream == LogStream::Stdout);
    CHECK(all[0].payload == "out\n");
    CHECK(all[1].payload.empty());
    CHECK(all[2].stream == LogStream::Stderr);
    CHECK(all[2].payload == "err");
    CHECK(all[3].payload.size() == 16384);
  }
}

TEST_CASE("a stream that has no frames is not believed") {
  for (const std::string& text :
       {std::string("plain text of a terminal"), frame(3, "x"), std::string("\1\0\0\1\0\0\0\0", 8),
        std::string("\1\0\0\0\xff\xff\xff\xff", 8)}) {
    LogFrames frames;
    CHECK(frames.feed(text).empty());
    CHECK(frames.malformed());
    CHECK(frames.feed(frame(1, "x")).empty());
  }
}

TEST_CASE("no bytes whatever upset the parsers of streams") {
  std::mt19937 random(7);
  for (int round = 0; round < 2000; ++round) {
    std::string bytes(random() % 64, '\0');
    for (char& c : bytes) c = static_cast<char>(random() % 5 == 0 ? random() : random() % 3);
    LogFrames frames;
    for (const LogFrame& each : frames.feed(bytes)) CHECK(each.payload.size() <= bytes.size());
    EventLines lines;
    CHECK(lines.feed(bytes + "\n").empty());
    (void)splitTimestamp(bytes);
  }
}

TEST_CASE("time stamps of the log are read in all the forms there are") {
  const auto nanosOf = [](const std::string& text) { return splitTimestamp(text)->unix_nanos; };
  CHECK(nanosOf("1970-01-01T00:00:00Z ") == 0);
  CHECK(nanosOf("2026-11-23T16:12:04.412438817Z a") == 1795450324'412438817);
  CHECK(nanosOf("2026-11-23T16:12:04.4Z a") == 1795450324'400000000);
  CHECK(nanosOf("2026-11-23T17:12:04+01:00 a") == 1795450324'000000000);
  CHECK(splitTimestamp("2026-11-23T16:12:04Z a b\n")->text == "a b\n");
  for (const char* text :
       {"", "a b", "2026-11-23T16:12:04Z", "2026-13-01T00:00:00Z x", "2026-02-30T00:00:00Z x",
        "9999-01-01T00:00:00Z x", "2026-11-23 16:12:04Z x", "2026-11-23T16:12:04.Z x"}) {
    INFO(text);
    CHECK_FALSE(splitTimestamp(text).has_value());
  }
}

TEST_CASE("events are lines, of which those about containers count") {
  const std::string die =
      R"({"status":"die","Type":"container","Action":"die","Actor":{"ID":"ab","Attributes":{}}})";
  EventLines lines;
  std::vector<EngineEvent> events;
  for (const char c : die + "\r\n{\"Type\":\"network\"}\nnot JSON\n\n" + die + "\n" + die) {
    for (EngineEvent& event : lines.feed(std::string(1, c))) events.push_back(event);
  }
  REQUIRE(events.size() == 2);
  CHECK(events[1].action == "die");
  CHECK(events[1].container_id == "ab");
  CHECK_FALSE(lines.malformed());
  while (!lines.malformed()) CHECK(lines.feed(std::string(50000, 'x')).empty());
  CHECK(lines.feed("\n" + die + "\n").empty());
}

TEST_CASE("an inspected container is read, and what is none is refused") {
  const std::string id(64, 'a');
  const std::string text = R"({"Id":")" + id + R"(","State":{"Status":"exited","OOMKilled":true,
      "Pid":0,"ExitCode":137,"StartedAt":"2026-01-01T00:00:00Z","Error":"e"},
      "Config":{"Labels":{"a":"b"}},
      "NetworkSettings":{"Networks":{"n":{"IPAddress":"10.0.0.2"},"m":{"IPAddress":""}}}})";
  const auto info = parseContainer(text);
  REQUIRE(info.ok());
  CHECK(info->id == id);
  CHECK(info->status == "exited");
  CHECK(info->oom_killed);
  CHECK(info->exit_code == 137);
  CHECK(info->labels.at("a") == "b");
  CHECK(*addressIn(*info, "n") == "10.0.0.2");
  CHECK(*addressIn(*info, "podman-calls-it-otherwise") == "10.0.0.2");
  const std::vector<std::string> refused = {
      "", "[]", "{}", R"({"Id":"short"})", R"({"Id":")" + id + R"("})",
      R"({"Id":")" + std::string(64, 'A') + "\"}", text.substr(0, 100)};
  for (const std::string& none : refused) {
    CHECK(parseContainer(none).status().code() == absl::StatusCode::kUnavailable);
    CHECK_FALSE(parseContainerList(none == "[]" ? "[{}]" : none).ok());
  }
  CHECK_FALSE(parseCreated("{\"Id\":\"short\"}").ok());
}

TEST_CASE("a pull that fails says so inside of its success") {
  CHECK(progressStatus("{\"status\":\"a\"}\r\n{\"status\":\"b\"}\r\n").ok());
  const auto failed = progressStatus(
      "{\"status\":\"a\"}\n{\"errorDetail\":{\"message\":\"manifest unknown\"},\"error\":\"x\"}\n");
  CHECK(messageOf(failed) == "manifest unknown");
  CHECK_FALSE(progressStatus("{\"error\":\"denied\"}").ok());
}

TEST_CASE("a container's share of the processors is OpenWhisk's") {
  const auto share = [](std::int64_t memory, std::int64_t user_memory) {
    return cpuShares(ByteSize::mebibytes(memory), ByteSize::mebibytes(user_memory));
  };
  CHECK(share(256, 2048) == 128);
  CHECK(share(1, 1024) == 2);
  CHECK(share(256, 768) == 341);
  CHECK(share(512, 256) == 1024);
  CHECK(share(0, 256) == 2);
}

TEST_CASE("what a container is made from says all its limits") {
  ContainerSpec spec;
  spec.image = "a\"b";
  spec.environment = {{"__OW_API_HOST", "http://x"}, {"EMPTY", ""}};
  spec.labels = {{"org.owpool.instance", "i"}};
  spec.memory = ByteSize::mebibytes(256);
  spec.cpu_shares = 128;
  spec.network = "net";
  const auto body = json::parse(createBody(spec));
  REQUIRE(body.ok());
  CHECK(body->member("Image")->asString() == "a\"b");
  CHECK(body->member("Env")->text() == R"(["EMPTY=","__OW_API_HOST=http://x"])");
  const auto host = *body->member("HostConfig");
  const auto text = [&](const char* key) { return std::string(host.member(key)->text()); };
  CHECK(text("Memory") == "268435456");
  CHECK(text("MemorySwap") == "268435456");
  CHECK(text("CpuShares") == "128");
  CHECK(text("PidsLimit") == "1024");
  CHECK(text("CapDrop") == R"(["NET_RAW","NET_ADMIN"])");
  CHECK(text("SecurityOpt") == R"(["no-new-privileges"])");
  CHECK(text("Ulimits") == R"([{"Name":"nofile","Soft":1024,"Hard":1024}])");
  CHECK(text("RestartPolicy") == R"({"Name":"no"})");
  CHECK(text("AutoRemove") == "false");
  CHECK(text("NetworkMode") == "\"net\"");
  CHECK_FALSE(host.member("ReadonlyRootfs").has_value());
  spec.limits.read_only_root = true;
  spec.limits.engine_runtime = "runsc";
  spec.limits.no_new_privileges = false;
  const auto other = *json::parse(createBody(spec))->member("HostConfig");
  CHECK(other.member("ReadonlyRootfs")->asBool() == true);
  CHECK(other.member("Runtime")->asString() == "runsc");
  CHECK(other.member("SecurityOpt")->elements().empty());
}

TEST_CASE("the freezer of a container is found by its process, and must have its name") {
  const std::string id(64, 'c');
  const std::string v1_mount =
      "30 25 0:26 / /sys/fs/cgroup/freezer rw - cgroup cgroup rw,freezer\n";
  const std::string v2_mount = "31 25 0:27 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n";
  const std::string v1_line = "7:freezer:/docker/" + id + "\n";
  const std::string v2_line = "0::/system.slice/docker-" + id + ".scope\n";
  const FreezerGroup v1{"/sys/fs/cgroup/freezer/docker/" + id, os::CgroupVersion::V1};
  const FreezerGroup v2{"/sys/fs/cgroup/unified/system.slice/docker-" + id + ".scope",
                        os::CgroupVersion::V2};
  CHECK(findFreezer(v1_line + "0::/\n", v1_mount + v2_mount, id) == v1);
  CHECK(findFreezer(v2_line, v2_mount, id) == v2);
  CHECK_FALSE(findFreezer(v1_line, v1_mount, std::string(64, 'd')).has_value());
  CHECK_FALSE(findFreezer("", v1_mount, id).has_value());
}

}  // namespace
}  // namespace owpool::docker
