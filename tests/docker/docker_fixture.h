// A factory on the real engine that scripts/with-docker-engine has started, and what the
// tests do to that engine behind the factory's back.
#ifndef OWPOOL_TESTS_DOCKER_DOCKER_FIXTURE_H_
#define OWPOOL_TESTS_DOCKER_DOCKER_FIXTURE_H_

#include <memory>
#include <string>
#include <vector>

#include "docker/engine.h"
#include "owpool/docker.h"
#include "tests/containers/test_container.h"

namespace owpool::docker_test {

using container_test::create;
using container_test::eventually;
using container_test::TestAction;
using container_test::TestContainer;
using container_test::warm;

// The images of runtimes/, made by scripts/make-image when they are first asked for.
std::string nodeImage();
std::string pythonImage();

DockerFactoryConfig testConfig();

struct Fixture {
  explicit Fixture(DockerFactoryConfig config = testConfig());
  std::unique_ptr<ContainerFactory> factory;
};

// Of JavaScript; "limit" is of memory.
TestAction script(const std::string& code, ByteSize limit = ByteSize::mebibytes(128));

// The engine, as the tests see it.
const docker::Engine& engine();
std::vector<docker::ListedContainer> ourContainers();
docker::ContainerInfo infoOf(const Container& container);

// Exit status of a command of the shell, which finds the engine.
int shell(const std::string& command);
// What it prints, without the last line's end.
std::string outputOf(const std::string& command);

// Ends the engine by that signal, and waits until it has ended; starts it again.
void endEngine(int signal);
void startEngine();

}  // namespace owpool::docker_test

#endif  // OWPOOL_TESTS_DOCKER_DOCKER_FIXTURE_H_
