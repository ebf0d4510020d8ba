// A program that owns a factory and does nothing more, to be killed: see guardian_test.cc.
// Arguments: the containers' directory, and "cgroups" or "plain", and a Python.
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <utility>

#include "owpool/process.h"

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  using namespace owpool;
  ProcessFactoryConfig config;
  config.commands["python"] = {argv[3], OWPOOL_SOURCE_DIR "/tests/process/test_runtime.py"};
  config.directory = argv[1];
  config.use_cgroups = std::strcmp(argv[2], "cgroups") == 0;
  auto factory = newProcessContainerFactory(std::move(config));
  if (!factory.ok()) {
    std::fprintf(stderr, "%s\n", factory.status().ToString().c_str());
    return 1;
  }
  auto action = std::make_shared<Action>();
  action->runtime = {"python:3", "python"};
  action->code.text = R"(
import os
def main(args):
  if os.fork() == 0:
    os.setsid()
    if os.fork() > 0:
      os._exit(0)
    os.execvp('sleep', ['sleep', '1005'])
  os.wait()
  return {}
)";
  StartRequest request;
  request.name = "victim";
  request.runtime = action->runtime;
  request.memory = action->memory;
  auto container = (*factory)->create(std::move(request));
  if (!container.ok()) return 1;
  const std::chrono::seconds timeout(20);
  if ((*container)->initialize({action, {}, timeout}).response.status !=
          ActivationStatus::Success ||
      (*container)->run({action, "{}", {}, timeout}).response.status !=
          ActivationStatus::Success) {
    return 1;
  }
  std::puts("ready");
  std::fflush(stdout);
  for (;;) ::pause();
}
