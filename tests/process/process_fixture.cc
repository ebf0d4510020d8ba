#include "tests/process/process_fixture.h"

#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

namespace owpool::process_test {
namespace {

std::string readFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

}  // namespace

TemporaryDirectory::TemporaryDirectory() {
  std::string name = "/tmp/owpool-test-XXXXXX";
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
  path_ = name;
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string python() {
  return ::access("/usr/bin/python3", X_OK) == 0 ? "/usr/bin/python3" : "python3";
}

ProcessFactoryConfig testConfig(const std::string& directory, bool use_cgroups) {
  ProcessFactoryConfig config;
  config.commands["python"] = {python(), OWPOOL_SOURCE_DIR "/tests/process/test_runtime.py"};
  config.commands["python3"] = {python(), OWPOOL_SOURCE_DIR "/runtimes/python3/server.py"};
  config.commands["nodejs20"] = {"node", OWPOOL_SOURCE_DIR "/runtimes/nodejs20/server.js"};
  config.directory = directory;
  config.use_cgroups = use_cgroups;
  return config;
}

std::vector<int> processesWith(const std::string& text) {
  std::vector<int> result;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", error)) {
    const std::string name = entry.path().filename().string();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    if (readFile(entry.path() / "environ").find(text) != std::string::npos) {
      result.push_back(std::stoi(name));
    }
  }
  return result;
}

int processOf(const std::string& address) {
  const std::string home = "HOME=" + address.substr(5, address.size() - 5 - 2);
  const std::vector<int> processes = processesWith(home + std::string(1, '\0'));
  return processes.empty() ? 0 : processes.front();
}

}  // namespace owpool::process_test
