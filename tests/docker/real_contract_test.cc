#include <catch2/catch.hpp>

#include "owpool/testing/container_factory_contract.h"
#include "tests/docker/docker_fixture.h"

namespace owpool::docker_test {
namespace {

struct Language {
  std::string name;
  std::string image;
  std::string echo;
  std::string broken;
  std::string exits;
  std::string hangs;
};

Language javaScript() {
  return {"JavaScript",
          nodeImage(),
          "function main(args) { console.log('out'); console.error('err'); return args; }",
          "function main(args) {",
          "function main() { process.exit(3); }",
          "function main() { for (;;); }"};
}

Language python() {
  return {"Python",
          pythonImage(),
          "import sys\n"
          "def main(args):\n  print('out')\n  print('err', file=sys.stderr)\n  return args\n",
          "def main(args)\n",
          "import os\ndef main(args):\n  os._exit(3)\n",
          "import time\ndef main(args):\n  time.sleep(1000)\n"};
}

void expectContract(const Language& language, DockerPause pause) {
  INFO(language.name << ", pause " << static_cast<int>(pause));
  DockerFactoryConfig config = testConfig();
  config.pause = pause;
  Fixture fixture(std::move(config));
  testing::FactoryUnderTest under_test;
  under_test.factory = fixture.factory.get();
  under_test.runtime = {"test:1", language.image};
  under_test.broken_runtime = {"test:0", "owpool-test/missing"};
  under_test.echo.text = language.echo;
  under_test.broken.text = language.broken;
  under_test.exits.text = language.exits;
  under_test.hangs.text = language.hangs;
  under_test.kill = [](Container& container) {
    const auto info = infoOf(container);
    // A frozen one gets the signal when it is thawed; so that is done first, as a person
    // who wants it dead would.
    shell("for f in $(find /sys/fs/cgroup -path '*" + info.id +
          "*' -name freezer.state); do echo THAWED >$f; done");
    shell("for f in $(find /sys/fs/cgroup -path '*" + info.id +
          "*' -name cgroup.freeze); do echo 0 >$f; done");
    CHECK(engine().kill(info.id).ok());
  };
  for (const auto& failure : testing::checkContainerFactoryContract(under_test)) {
    FAIL_CHECK(failure.rule << ": " << failure.observed);
  }
  CHECK(ourContainers().empty());
  fixture.factory.reset();
  CHECK(engine().inspectNetwork("owpool-test").status().code() == absl::StatusCode::kNotFound);
}

TEST_CASE("containers of an engine keep the contract of every factory", "[contract]") {
  SECTION("JavaScript, paused by the engine") { expectContract(javaScript(), DockerPause::Engine); }
  SECTION("JavaScript, frozen") { expectContract(javaScript(), DockerPause::Freezer); }
  SECTION("JavaScript, never paused") { expectContract(javaScript(), DockerPause::None); }
  SECTION("Python") { expectContract(python(), DockerPause::Engine); }
}

}  // namespace
}  // namespace owpool::docker_test
