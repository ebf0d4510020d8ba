// What an action may do to its container, and what is made of it.
#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <thread>

#include "tests/docker/docker_fixture.h"

namespace owpool::docker_test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("an action that takes more memory than it may is ended, and the reason is known",
          "[limits]") {
  Fixture fixture;
  TestContainer container = warm(*fixture.factory, script(R"(
function main() {
  const all = [];
  for (;;) all.push(Buffer.alloc(1 << 20, 1));
})", ByteSize::mebibytes(64)));
  const ActivationResponse response = container.run();
  CHECK(response.status == ActivationStatus::DeveloperError);
  CHECK(contains(response.result, "exhausted its memory"));
  CHECK(eventually([&] { return *container.deaths == 1; }));
}

TEST_CASE("a child that takes too much memory ends, its container does not", "[limits]") {
  Fixture fixture;
  TestContainer container = warm(*fixture.factory, script(R"(
const { spawnSync } = require('child_process');
function main(args) {
  if (!args.much) return args;
  const hungry = 'const all = []; for (;;) all.push(Buffer.alloc(1 << 20, 1));';
  return { signal: spawnSync(process.execPath, ['-e', hungry]).signal };
})", ByteSize::mebibytes(128)));
  const ActivationResponse response = container.run("{\"much\":true}");
  CHECK(response.result == "{\"signal\":\"SIGKILL\"}");
  CHECK(container.run("{\"a\":1}").result == "{\"a\":1}");
  CHECK(*container.deaths == 0);
}

TEST_CASE("an action that starts too many processes is told so and lives", "[limits]") {
  DockerFactoryConfig config = testConfig();
  config.limits.pids_max = 32;
  Fixture fixture(std::move(config));
  TestContainer container = warm(*fixture.factory, script(R"(
const { spawn } = require('child_process');
async function main() {
  const codes = [];
  for (let i = 0; i < 64; ++i) {
    const child = spawn('/bin/sh', ['-c', 'read x']);
    child.on('error', (error) => codes.push(error.code));
  }
  await new Promise((resolve) => setTimeout(resolve, 200));
  return { codes };
})"));
  CHECK(contains(container.run().result, "EAGAIN"));
  CHECK(*container.deaths == 0);
}

TEST_CASE("a container has what the configuration says, and nothing more", "[limits]") {
  DockerFactoryConfig config = testConfig();
  config.environment["__OW_API_HOST"] = "http://host";
  Fixture fixture(std::move(config));
  TestContainer container = warm(*fixture.factory, script(R"(
const fs = require('fs');
function main() {
  const status = fs.readFileSync('/proc/1/status', 'utf8');
  const limits = fs.readFileSync('/proc/1/limits', 'utf8');
  return { host: process.env.__OW_API_HOST, pid: process.pid,
           noNewPrivileges: /NoNewPrivs:\s*1/.test(status),
           files: /Max open files\s+(\d+)/.exec(limits)[1],
           netRaw: (BigInt('0x' + /CapBnd:\s*(\w+)/.exec(status)[1]) >> 13n & 1n) === 1n };
})"));
  CHECK(container.run().result ==
        R"({"host":"http://host","pid":1,"noNewPrivileges":true,"files":"1024","netRaw":false})");
  const std::string id = infoOf(*container.container).id;
  CHECK(outputOf("docker inspect -f '{{.HostConfig.Memory}} {{.HostConfig.MemorySwap}} "
                 "{{.HostConfig.CpuShares}} {{.HostConfig.PidsLimit}} "
                 "{{.HostConfig.RestartPolicy.Name}}' " + id) ==
        "134217728 134217728 128 1024 no");
}

TEST_CASE("containers reach their host, but not each other", "[limits]") {
  Fixture fixture;
  const std::string code = R"(
const net = require('net');
const fs = require('fs');
function main(args) {
  // The default route of /proc/net/route, in little-endian hexadecimal digits.
  const route = fs.readFileSync('/proc/net/route', 'utf8').split('\n')[1].split('\t')[2];
  const gateway = route.match(/../g).reverse().map((byte) => parseInt(byte, 16)).join('.');
  return new Promise((resolve) => {
    const socket = net.connect({ host: args.host ?? gateway, port: args.port, timeout: 1000 });
    socket.on('connect', () => resolve({ end: 'connected' }));
    socket.on('error', (error) => resolve({ end: error.code }));
    socket.on('timeout', () => resolve({ end: 'nothing' }));
  });
})";
  TestContainer first = warm(*fixture.factory, script(code));
  TestContainer second = warm(*fixture.factory, script(code));
  const std::string address = second.container->address();
  const std::string host = address.substr(0, address.find(':'));
  CHECK(first.run("{\"host\":\"" + host + "\",\"port\":8080}").result == R"({"end":"nothing"})");
  CHECK(first.run("{\"port\":1}").result == R"({"end":"ECONNREFUSED"})");
}

TEST_CASE("an answer over the limit is cut and said to be", "[limits]") {
  DockerFactoryConfig config = testConfig();
  config.response_max = ByteSize::bytes(100000);
  Fixture fixture(std::move(config));
  TestContainer container = warm(
      *fixture.factory, script("function main() { return { much: 'x'.repeat(5000000) }; }"));
  const ActivationResponse response = container.run();
  CHECK(response.status == ActivationStatus::ApplicationError);
  CHECK(contains(response.result, "5000011"));
}

TEST_CASE("code that hangs as it is taken, or as it runs, is given up at the limit", "[limits]") {
  Fixture fixture;
  auto taking = create(*fixture.factory, script("for (;;);"));
  REQUIRE(taking.ok());
  const InitResult init =
      taking->container->initialize({taking->action, {}, milliseconds(1500)});
  CHECK(init.response.status == ActivationStatus::DeveloperError);
  CHECK(contains(init.response.result, "time limit"));

  TestContainer running = warm(*fixture.factory, script("function main() { for (;;); }"));
  const ActivationResponse response = running.run("{}", milliseconds(500));
  CHECK(contains(response.result, "time limit"));
  CHECK(running.container->destroy(seconds(20)).ok());
}

TEST_CASE("a crash in the middle of a run is the action's error, and no memory is blamed",
          "[limits]") {
  Fixture fixture;
  TestContainer container =
      warm(*fixture.factory, script("function main() { process.exit(3); }"));
  const auto start = std::chrono::steady_clock::now();
  const ActivationResponse response = container.run();
  CHECK(response.status == ActivationStatus::DeveloperError);
  CHECK_FALSE(contains(response.result, "memory"));
  CHECK(std::chrono::steady_clock::now() - start < milliseconds(1900));
  CHECK(eventually([&] { return *container.deaths == 1; }));
}

TEST_CASE("a call to a container that was killed meanwhile does not take seconds", "[limits]") {
  Fixture fixture;
  TestContainer container =
      warm(*fixture.factory, script("function main(args) { return args; }"));
  REQUIRE(engine().kill(infoOf(*container.container).id).ok());
  const auto start = std::chrono::steady_clock::now();
  const RunResult result =
      container.container->run({container.action, "{}", {}, seconds(20)});
  CHECK_FALSE(result.delivered);
  CHECK(std::chrono::steady_clock::now() - start < seconds(1));
}

TEST_CASE("activations run side by side inside a container whose runtime allows it", "[limits]") {
  DockerFactoryConfig config = testConfig();
  config.environment["__OW_ALLOW_CONCURRENT"] = "true";
  Fixture fixture(std::move(config));
  TestAction action = script(R"(
let waiting = [];
function main(args) {
  return new Promise((resolve) => {
    waiting.push(resolve);
    if (waiting.length === 4) waiting.forEach((each) => each({ together: 4 }));
  });
})");
  action.concurrency_max = 4;
  TestContainer container = warm(*fixture.factory, action);
  std::vector<ActivationResponse> responses(4);
  std::vector<std::thread> threads;
  for (ActivationResponse& response : responses) {
    threads.emplace_back([&] { response = container.run(); });
  }
  for (std::thread& thread : threads) thread.join();
  for (const ActivationResponse& response : responses) {
    CHECK(response.result == "{\"together\":4}");
  }
}

TEST_CASE("an image that is not there, or does not run, is the action's fault", "[images]") {
  Fixture fixture;
  const std::string import_without = "printf '' | tar -cf - -T /dev/null | docker import ";
  REQUIRE(shell(import_without + "--change 'CMD [\"/nothing\"]' - owpool-test/broken") == 0);
  REQUIRE(shell("tar -ch --absolute-names /bin/sh $(ldd /bin/sh | grep -o '/[^ ]*') 2>/dev/null |"
                "docker import --change 'CMD [\"/bin/sh\",\"-c\",\"exit 7\"]' - owpool-test/brief")
          == 0);
  for (const auto& [image, part] : {std::pair<std::string, std::string>{"missing:1", "missing:1"},
                                    {"owpool-test/broken", "/nothing"}}) {
    TestAction action;
    action.image = image;
    const auto container = create(*fixture.factory, action);
    INFO(container.status().ToString());
    CHECK(container.status().code() == absl::StatusCode::kInvalidArgument);
    CHECK(contains(std::string(container.status().message()), part));
  }
  // Whether it is seen to end at once is a matter of time; its death is noticed anyhow.
  TestAction brief;
  brief.image = "owpool-test/brief";
  auto container = create(*fixture.factory, brief);
  if (container.ok()) {
    CHECK(eventually([&] { return *container->deaths == 1; }));
    CHECK(container->container->destroy(seconds(10)).ok());
  } else {
    CHECK(container.status().code() == absl::StatusCode::kInvalidArgument);
  }
  CHECK(ourContainers().empty());
}

}  // namespace
}  // namespace owpool::docker_test
