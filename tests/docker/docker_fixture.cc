#include "tests/docker/docker_fixture.h"

#include <signal.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "docker/engine_address.h"

namespace owpool::docker_test {
namespace {

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr) {
    FAIL("These tests need an engine of their own: run them by scripts/with-docker-engine.");
  }
  return value;
}

std::string made(const std::string& kind, const std::string& name) {
  INFO("making the image of " << kind);
  REQUIRE(shell(OWPOOL_SOURCE_DIR "/scripts/make-image " + kind + " " + name + " >/dev/null") == 0);
  return name;
}

int enginePid() {
  std::ifstream file(environment("OWPOOL_ENGINE_DIRECTORY") + "/docker.pid");
  int pid = 0;
  file >> pid;
  return pid;
}

bool runs(int pid) {
  // It is a child of the namespace's first process, which reaps it.
  return ::kill(pid, 0) == 0;
}

}  // namespace

std::string nodeImage() {
  static const std::string name = made("nodejs:20", "owpool-test/nodejs20");
  return name;
}

std::string pythonImage() {
  static const std::string name = made("python:3", "owpool-test/python3");
  return name;
}

DockerFactoryConfig testConfig() {
  DockerFactoryConfig config;
  config.engine = environment("DOCKER_HOST");
  config.instance = "test";
  return config;
}

Fixture::Fixture(DockerFactoryConfig config) {
  auto made = newDockerContainerFactory(std::move(config));
  INFO(made.status().ToString());
  REQUIRE(made.ok());
  factory = *std::move(made);
}

TestAction script(const std::string& code, ByteSize limit) {
  TestAction action{code};
  action.image = nodeImage();
  action.memory = limit;
  return action;
}

const docker::Engine& engine() {
  static const std::unique_ptr<docker::Engine> engine = [] {
    auto made = std::make_unique<docker::Engine>(
        *docker::engineAddress(environment("DOCKER_HOST"), false), DockerTimeouts());
    REQUIRE(made->negotiate().ok());
    return made;
  }();
  return *engine;
}

std::vector<docker::ListedContainer> ourContainers() {
  const auto list = engine().list("org.owpool.instance=test");
  INFO(list.status().ToString());
  REQUIRE(list.ok());
  return *list;
}

docker::ContainerInfo infoOf(const Container& container) {
  for (const docker::ListedContainer& each : ourContainers()) {
    const auto info = engine().inspect(each.id);
    if (!info.ok()) continue;
    for (const auto& [network, address] : info->addresses) {
      if (address + ":8080" == container.address()) return *info;
    }
  }
  FAIL("no container has the address " << container.address());
  return {};
}

int shell(const std::string& command) { return std::system(command.c_str()); }

std::string outputOf(const std::string& command) {
  FILE* pipe = ::popen(command.c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::string output;
  std::array<char, 4096> buffer{};
  for (std::size_t count = 0; (count = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) {
    output.append(buffer.data(), count);
  }
  ::pclose(pipe);
  if (!output.empty() && output.back() == '\n') output.pop_back();
  return output;
}

void endEngine(int signal) {
  const int pid = enginePid();
  REQUIRE(pid > 0);
  REQUIRE(::kill(pid, signal) == 0);
  REQUIRE(eventually([&] { return !runs(pid); }, std::chrono::seconds(60)));
}

void startEngine() {
  const std::string log = environment("OWPOOL_ENGINE_DIRECTORY") + "/log";
  ::unlink((environment("OWPOOL_ENGINE_DIRECTORY") + "/docker.pid").c_str());
  REQUIRE(shell("setsid " + environment("OWPOOL_ENGINE_COMMAND") + " >>" + log + " 2>&1 &") == 0);
  REQUIRE(eventually([] { return engine().ping().ok(); }, std::chrono::seconds(60)));
}

}  // namespace owpool::docker_test
