// What is said of a container engine before the start. The engine is one of our own, which
// answers what it is told to.
#include <catch2/catch.hpp>
#include <map>

#include "http/server.h"
#include "owpoold/operation/preflight.h"
#include "temp_dir.h"

namespace owpool::daemon {
namespace {

using Catch::Matchers::Contains;

EngineFacts wellEngine() {
  EngineFacts engine;
  engine.address = "/run/docker.sock";
  engine.version = "20.10.24, API 1.41";
  engine.images = {{"nodejs:20", "openwhisk/node:1", true, true},
                   {"php:8", "openwhisk/php:8", true, false}};
  return engine;
}

TEST_CASE("With an engine the checks are about it, and not about programs and control groups") {
  SystemFacts facts;
  facts.engine = wellEngine();
  std::vector<std::string> subjects;
  for (const Finding& finding : preflight(facts)) subjects.push_back(finding.subject);
  CHECK(subjects == std::vector<std::string>{
                        "state directory", "space for records", "database", "address", "privacy",
                        "container engine", "kind nodejs:20", "kind php:8", "memory limits",
                        "memory", "open files", "threads", "clock"});
  facts.other_kinds = "go:1";
  CHECK(checkKinds(facts)[0].fix == "image of these in ");
}

TEST_CASE("An engine that cannot be used fails, with what helps") {
  EngineFacts engine = wellEngine();
  CHECK(checkEngine(engine).verdict == Verdict::Ok);
  CHECK(checkEngine(engine).found == "20.10.24, API 1.41 at /run/docker.sock");
  struct Row {
    absl::Status status;
    const char* fix;
  };
  const Row rows[] = {
      {absl::PermissionDeniedError("denied"), "ls -l /run/docker.sock"},
      {absl::NotFoundError("none"), "apt-get install docker.io"},
      {absl::UnavailableError("refused"), "systemctl start docker"},
      {absl::InvalidArgumentError("tcp"), "--docker-host=unix:"},
  };
  for (const Row& row : rows) {
    engine.reachable = row.status;
    const Finding finding = checkEngine(engine);
    CHECK(finding.verdict == Verdict::Fail);
    CHECK_THAT(finding.found, Contains(std::string(row.status.message())));
    CHECK_THAT(finding.fix, Contains(row.fix));
  }
}

TEST_CASE("A missing image is a warning, and a failure if there is none and none is pulled") {
  EngineFacts engine = wellEngine();
  engine.images[0].is_there = false;
  for (const bool pulls : {true, false}) {
    engine.pulls = pulls;
    const auto findings = checkImages(engine);
    CHECK(findings[0].verdict == Verdict::Warn);
    CHECK(findings[0].fix == "scripts/make-image nodejs:20");
    CHECK_THAT(findings[0].found, Contains("openwhisk/node:1"));
    CHECK(findings[1].verdict == Verdict::Ok);
  }
  engine.images[1].is_there = false;
  CHECK(checkImages(engine)[0].verdict == Verdict::Fail);
  CHECK_THAT(checkImages(engine)[1].fix, Contains("docker pull openwhisk/php:8"));
  engine.pulls = true;
  CHECK(checkImages(engine)[0].verdict == Verdict::Warn);
}

TEST_CASE("An engine without limits of memory is a warning") {
  EngineFacts engine = wellEngine();
  CHECK(checkEngineLimits(engine).verdict == Verdict::Ok);
  engine.limits_memory = false;
  CHECK(checkEngineLimits(engine).verdict == Verdict::Warn);
}

TEST_CASE("An engine is asked for its version, its limits, its images and its gateway") {
  const TempDir dir;
  std::map<std::string, std::string> answers = {
      {"/_ping", "OK"},
      {"/version", R"({"Version":"1.2","ApiVersion":"1.41"})"},
      {"/info", R"({"MemoryLimit":true})"},
      {"/images/openwhisk/node:1/json", "{}"},
      {"/networks/n", R"({"IPAM":{"Config":[{"Gateway":"172.18.0.1"}]}})"}};
  http::Server server({}, [&](const http::Request& request) {
    const auto found = answers.find(request.path);
    http::Response response;
    response.status = found == answers.end() ? 404 : 200;
    if (found != answers.end()) response.body = found->second;
    return response;
  }, nullptr, nullptr);
  const std::string socket = dir.path() + "/e";
  REQUIRE(server.startUnix(socket).ok());
  Manifest manifest = *Manifest::parse(
      R"({"runtimes":{"nodejs":[{"kind":"nodejs:20","image":{"prefix":"openwhisk","name":"node",)"
      R"("tag":"1"},"process":{"command":["node"]}}],)"
      R"("php":[{"kind":"php:8","image":{"name":"php"}}]}})",
      "/r");
  const Manifest own = manifest;
  manifest.runAsImages({});
  Options options;
  options.docker_host = "unix://" + socket;
  EngineFacts facts = lookAtEngine(options, manifest, own);
  INFO(facts.reachable);
  REQUIRE(facts.reachable.ok());
  CHECK(facts.version == "1.2, API 1.41");
  CHECK(facts.limits_memory);
  REQUIRE(facts.images.size() == 2);
  CHECK(facts.images[0].is_there);
  CHECK(facts.images[0].can_be_made);
  CHECK_FALSE(facts.images[1].is_there);
  CHECK_FALSE(facts.images[1].can_be_made);
  CHECK(engineProblem("unix:" + socket).empty());
  CHECK(gatewayOf("unix:" + socket, "n") == "172.18.0.1");
  CHECK(gatewayOf("unix:" + socket, "other").empty());

  answers = {{"/_ping", "OK"}, {"/version", "what?"}, {"/info", "[1]"}, {"/networks/n", "[]"}};
  facts = lookAtEngine(options, manifest, own);
  CHECK(facts.reachable.ok());
  CHECK_FALSE(facts.limits_memory);
  CHECK(gatewayOf("unix:" + socket, "n").empty());
  answers.clear();
  CHECK_THAT(engineProblem("unix:" + socket), Contains("404"));
  server.stop();
  CHECK_FALSE(engineProblem("unix:" + socket).empty());
  options.docker_host = "unix://" + dir.path() + "/absent";
  CHECK(lookAtEngine(options, manifest, own).reachable.code() == absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace owpool::daemon
