#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <filesystem>
#include <mutex>
#include <thread>

#include "owpool/probe.h"
#include "owpool/testing/container_factory_contract.h"
#include "process/cgroup.h"
#include "tests/process/process_fixture.h"

namespace owpool::process_test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

struct Fixture {
  explicit Fixture(bool use_cgroups = true, ProcessFactoryConfig extra = {}) {
    ProcessFactoryConfig config = testConfig(directory.path(), use_cgroups);
    config.commands.insert(extra.commands.begin(), extra.commands.end());
    config.environment = extra.environment;
    auto made = newProcessContainerFactory(std::move(config));
    INFO(made.status().ToString());
    REQUIRE(made.ok());
    factory = *std::move(made);
  }
  TemporaryDirectory directory;
  std::unique_ptr<ContainerFactory> factory;
};

// Code that each runtime understands, for the contract.
struct Language {
  std::string image;
  std::string echo;
  std::string broken;
  std::string exits;
  std::string hangs;
};

Language pythonIn(const std::string& image) {
  return {image,
          "import sys\n"
          "def main(args):\n  print('out')\n  print('err', file=sys.stderr)\n  return args\n",
          "def main(args)\n", "import os\ndef main(args):\n  os._exit(3)\n",
          "import time\ndef main(args):\n  time.sleep(1000)\n"};
}

Language javaScript() {
  return {"nodejs20",
          "function main(args) { console.log('out'); console.error('err'); return args; }",
          "function main(args) {", "function main() { process.exit(3); }",
          "function main() { for (;;); }"};
}

TEST_CASE("process containers keep the contract of every factory, whatever the runtime") {
  const Language language =
      GENERATE(pythonIn("python"), pythonIn("python3"), javaScript());
  const bool use_cgroups = GENERATE(true, false);
  INFO(language.image << (use_cgroups ? ", with" : ", without") << " control groups");
  Fixture fixture(use_cgroups);
  owpool::testing::FactoryUnderTest under_test;
  under_test.factory = fixture.factory.get();
  under_test.runtime = {"test:1", language.image};
  under_test.broken_runtime = {"test:0", "missing"};
  under_test.echo.text = language.echo;
  under_test.broken.text = language.broken;
  under_test.exits.text = language.exits;
  under_test.hangs.text = language.hangs;
  under_test.kill = [](Container& container) { ::kill(processOf(container.address()), SIGKILL); };
  for (const auto& failure : owpool::testing::checkContainerFactoryContract(under_test)) {
    FAIL_CHECK(failure.rule << ": " << failure.observed);
  }
  for (const auto& entry : std::filesystem::directory_iterator(fixture.directory.path())) {
    CHECK_FALSE(entry.is_directory());
  }
}

TEST_CASE("a command that cannot run is the action's fault, and is named") {
  ProcessFactoryConfig extra;
  extra.commands["missing"] = {"owpool-no-such-program"};
  extra.commands["text"] = {OWPOOL_SOURCE_DIR "/tests/process/no_program.txt"};
  Fixture fixture(true, extra);
  for (const auto& [image, named] :
       {std::pair<std::string, std::string>{"missing", "owpool-no-such-program"},
        {"text", "no_program.txt"},
        {"unknown", "unknown"}}) {
    TestAction action;
    action.image = image;
    const auto container = create(*fixture.factory, action);
    CHECK(container.status().code() == absl::StatusCode::kInvalidArgument);
    CHECK(std::string(container.status().message()).find(named) != std::string::npos);
  }
}

TEST_CASE("a container has its own directory, descriptors and environment, nothing of ours") {
  ::setenv("OWPOOL_TEST_SECRET", "x", 1);
  ProcessFactoryConfig extra;
  extra.environment["GREETING"] = "hello";
  Fixture fixture(true, extra);
  // Not to be closed by exec(), as a careless host's may be.
  const int leak = ::open("/dev/null", O_RDONLY);
  REQUIRE(leak >= 0);
  TestContainer container = warm(*fixture.factory, {R"(
import os, signal
def main(args):
  return {'env': sorted(os.environ), 'greeting': os.environ['GREETING'], 'cwd': os.getcwd(),
          'home': os.environ['HOME'], 'mode': oct(os.stat('.').st_mode & 0o777),
          'fds': [int(f) for f in os.listdir('/proc/self/fd') if int(f) > 4],
          'stdin': os.read(0, 1).decode(), 'session': os.getsid(0) == os.getpid()}
)"});
  const std::string result = container.run().result;
  ::close(leak);
  INFO(result);
  const std::string directory = container.container->address().substr(
      5, container.container->address().size() - 7);
  CHECK(result.find("SECRET") == std::string::npos);
  for (const std::string& part :
       {std::string("\"greeting\": \"hello\""), "\"cwd\": \"" + directory + "\"",
        "\"home\": \"" + directory + "\"", std::string("\"mode\": \"0o700\""),
        std::string("\"stdin\": \"\""), std::string("\"session\": true")}) {
    CHECK(result.find(part) != std::string::npos);
  }
  // 3 is the listening socket, 4 the connection, and listdir() has one for itself.
  CHECK(result.find("\"fds\": [5]") != std::string::npos);
}

TEST_CASE("a container that is gone refuses connections, a living one accepts them at once") {
  Fixture fixture;
  auto container = create(*fixture.factory, {});
  REQUIRE(container.ok());
  const auto prober = newConnectProber();
  const std::string address = container->container->address();
  CHECK(prober->probe(address, seconds(1)) == ProbeResult::Reachable);
  ::kill(processOf(address), SIGKILL);
  CHECK(eventually([&] { return *container->deaths == 1; }));
  CHECK(prober->probe(address, milliseconds(100)) == ProbeResult::Unreachable);
}

TEST_CASE("names are checked, may be long, and cannot be taken twice") {
  Fixture fixture;
  CHECK_FALSE(create(*fixture.factory, {}, "../x").ok());
  const std::string name(128, 'n');
  const auto first = create(*fixture.factory, {}, name);
  const auto second = create(*fixture.factory, {}, name);
  REQUIRE(first.ok());
  REQUIRE(second.ok());
  CHECK(first->container->address() != second->container->address());
  const auto third = create(*fixture.factory, {}, "a");
  const auto fourth = create(*fixture.factory, {}, "a");
  CHECK(third.ok());
  CHECK(fourth.status().code() == absl::StatusCode::kAlreadyExists);
}

TEST_CASE("what an action started elsewhere ends with its container") {
  const bool use_cgroups = GENERATE(true, false);
  Fixture fixture(use_cgroups);
  TestContainer container = warm(*fixture.factory, {R"(
import os, subprocess
def main(args):
  subprocess.Popen(['sleep', '1001'])
  subprocess.Popen(['sleep', '1002'], start_new_session=True)
  subprocess.Popen(['sleep', '1003'], env={})
  if os.fork() == 0:
    os.setsid()
    if os.fork() > 0:
      os._exit(0)
    os.execvp('sleep', ['sleep', '1004'])
  return {}
)"});
  const std::string home = "HOME=" + container.container->address().substr(5, 25);
  REQUIRE(container.run().status == ActivationStatus::Success);
  REQUIRE(eventually([&] { return processesWith(home).size() >= 4; }));
  SECTION("when it is destroyed") {}
  SECTION("when it is destroyed while paused") {
    REQUIRE(container.container->pause(seconds(5)).ok());
  }
  SECTION("when it is killed") {
    ::kill(processOf(container.container->address()), SIGKILL);
    CHECK(eventually([&] { return *container.deaths == 1; }));
    CHECK(eventually([&] { return processesWith(home).empty(); }));
  }
  CHECK(container.container->destroy(seconds(10)).ok());
  CHECK(processesWith(home).empty());
}

TEST_CASE("a log that was not collected is not the next run's, and lines keep their order") {
  Fixture fixture;
  TestContainer container = warm(*fixture.factory, {R"(
import sys
def main(args):
  for i in range(3):
    print(args['n'], i, flush=True)
  print(args['n'], 'error', file=sys.stderr, flush=True)
  return args
)"});
  container.run("{\"n\":1}");
  container.run("{\"n\":2}");
  container.run("{\"n\":3}");
  bool complete = false;
  std::vector<std::string> lines = container.logs(&complete);
  CHECK(complete);
  std::sort(lines.begin(), lines.end());
  CHECK(lines == std::vector<std::string>{"err:3 error", "out:3 0", "out:3 1", "out:3 2"});
}

TEST_CASE("a flood of output neither blocks the action nor is kept") {
  Fixture fixture;
  TestAction flood{R"(
import sys
def main(args):
  for i in range(400):
    sys.stdout.write('x' * 1000000)
  sys.stdout.write('\n')
  return {'done': True}
)"};
  flood.log_limit = ByteSize::bytes(100000);
  TestContainer container = warm(*fixture.factory, flood);
  CHECK(container.run().status == ActivationStatus::Success);
  bool complete = true;
  const auto lines = container.logs(&complete);
  CHECK_FALSE(complete);
  CHECK(lines.size() < 10);
  CHECK(lines.back() ==
        "err:Logs were truncated because the total bytes size exceeds the limit of 100000 bytes.");
}

TEST_CASE("the log of a container that ended is given at once, with what it wrote last") {
  Fixture fixture;
  TestContainer container = warm(
      *fixture.factory,
      {"import os\ndef main(args):\n  os.write(1, b'last words')\n  os._exit(1)\n"});
  CHECK(container.run().status == ActivationStatus::DeveloperError);
  const auto start = std::chrono::steady_clock::now();
  const auto lines = container.logs();
  CHECK(std::chrono::steady_clock::now() - start < seconds(1));
  REQUIRE(lines.size() == 2);
  CHECK(lines[0] == "out:last words");
  CHECK(lines[1] == "err:There was an issue while collecting your logs. Data might be missing.");
}

TEST_CASE("an end mark that never comes is waited for two seconds of silence") {
  Fixture fixture;
  TestContainer container = warm(*fixture.factory, {R"(
import sys
def main(args):
  print('a', flush=True)
  sys.stderr = open('/dev/null', 'w')
  return {}
)"});
  CHECK(container.run().status == ActivationStatus::Success);
  const auto start = std::chrono::steady_clock::now();
  bool complete = true;
  const auto lines = container.logs(&complete);
  const auto elapsed = std::chrono::steady_clock::now() - start;
  CHECK_FALSE(complete);
  CHECK(lines.front() == "out:a");
  CHECK(elapsed >= seconds(2));
  CHECK(elapsed < seconds(4));
}

TEST_CASE("an action that takes more memory than it may is ended, and the reason is known") {
  Fixture fixture;
  const auto tree = process::CgroupTree::make(os::findOwnCgroups(),
                                              "owpool-test-memory-" + std::to_string(::getpid()));
  if (!tree || !tree->limitsMemory()) {
    WARN("skipped: no control groups that limit memory can be made here");
    return;
  }
  TestAction hungry{"def main(args):\n  a = []\n  while True:\n    a.append(bytearray(1 << 20))\n"};
  hungry.memory = ByteSize::mebibytes(64);
  TestContainer container = warm(*fixture.factory, hungry);
  const ActivationResponse response = container.run();
  CHECK(response.status == ActivationStatus::DeveloperError);
  CHECK(response.result.find("exhausted its memory") != std::string::npos);
  CHECK(eventually([&] { return *container.deaths == 1; }));
}

TEST_CASE("without control groups memory is limited too") {
  Fixture fixture(false);
  TestAction hungry{
      "def main(args):\n  a = []\n  for i in range(1000):\n    a.append(bytearray(1 << 20))\n"
      "  return {}\n"};
  hungry.memory = ByteSize::mebibytes(64);
  TestContainer container = warm(*fixture.factory, hungry);
  const ActivationResponse response = container.run();
  CHECK(response.status == ActivationStatus::DeveloperError);
  CHECK(response.result.find("MemoryError") != std::string::npos);
}

TEST_CASE("node works within a limit of memory, and ends at it, in either way of limiting") {
  const bool use_cgroups = GENERATE(true, false);
  Fixture fixture(use_cgroups);
  TestAction hungry{"function main(args) { const all = [];"
                    " while (args.much) all.push(Buffer.alloc(1 << 20, 1)); return args; }"};
  hungry.image = "nodejs20";
  TestContainer container = warm(*fixture.factory, hungry);
  CHECK(container.run().status == ActivationStatus::Success);
  const ActivationResponse response = container.run("{\"much\":true}");
  INFO(response.result);
  CHECK(response.status != ActivationStatus::Success);
}

TEST_CASE("a paused container does not run") {
  const bool use_cgroups = GENERATE(true, false);
  Fixture fixture(use_cgroups);
  TestContainer container = warm(*fixture.factory, {R"(
import threading, time
def tick():
  while True:
    with open('ticks', 'a') as f:
      f.write('.')
    time.sleep(0.005)
threading.Thread(target=tick, daemon=True).start()
def main(args):
  return args
)"});
  const std::string address = container.container->address();
  const std::string file = address.substr(5, address.size() - 6) + "ticks";
  REQUIRE(eventually([&] { return std::filesystem::exists(file); }));
  REQUIRE(container.container->pause(seconds(5)).ok());
  // A stop signal takes effect a moment after it was sent.
  std::this_thread::sleep_for(milliseconds(20));
  const auto size = std::filesystem::file_size(file);
  std::this_thread::sleep_for(milliseconds(100));
  CHECK(std::filesystem::file_size(file) == size);
  REQUIRE(container.container->resume(seconds(5)).ok());
  CHECK(eventually([&] { return std::filesystem::file_size(file) > size; }));
}

TEST_CASE("on_death may itself destroy the container") {
  Fixture fixture;
  std::mutex mutex;
  std::unique_ptr<Container> container;
  std::atomic<bool> destroyed{false};
  StartRequest request;
  request.name = "suicide";
  request.runtime = {"python:3", "python"};
  request.memory = ByteSize::mebibytes(128);
  request.on_death = [&] {
    const std::lock_guard<std::mutex> lock(mutex);
    destroyed = container->destroy(seconds(5)).ok();
  };
  auto created = fixture.factory->create(std::move(request));
  REQUIRE(created.ok());
  {
    const std::lock_guard<std::mutex> lock(mutex);
    container = *std::move(created);
    ::kill(processOf(container->address()), SIGKILL);
  }
  CHECK(eventually([&] { return destroyed.load(); }));
  CHECK(container->destroy(seconds(5)).ok());
}

TEST_CASE("many containers are created and destroyed by many threads") {
  Fixture fixture;
  std::atomic<int> failures{0};
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&] {
      for (int i = 0; i < 5; ++i) {
        auto container = create(*fixture.factory, {"def main(args):\n  return args\n"});
        if (!container.ok() || !container->container->destroy(seconds(10)).ok()) ++failures;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(failures == 0);
  CHECK(processesWith("HOME=" + fixture.directory.path()).empty());
}

}  // namespace
}  // namespace owpool::process_test
