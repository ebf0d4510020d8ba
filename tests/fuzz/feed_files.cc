// The main() of a fuzz target without libFuzzer: feeds it files, so that what was found
// once is tested with every compiler. Usage: PROGRAM FILE|DIRECTORY...
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "tests/fuzz/fuzz_target.h"

int main(int argc, char** argv) {
  namespace fs = std::filesystem;
  std::vector<fs::path> files;
  for (const std::string& argument : std::vector<std::string>(argv + 1, argv + argc)) {
    if (!fs::is_directory(argument)) {
      files.emplace_back(argument);
      continue;
    }
    for (const auto& entry : fs::directory_iterator(argument)) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  for (const fs::path& file : files) {
    std::ifstream in(file, std::ios::binary);
    if (!in) {
      std::fprintf(stderr, "cannot read %s\n", file.c_str());
      return EXIT_FAILURE;
    }
    // Before it, so that it is the last line if this one crashes.
    std::printf("%s\n", file.c_str());
    std::fflush(stdout);
    const std::vector<char> bytes(std::istreambuf_iterator<char>(in), {});
    // A block of exactly this size: reading past its end is noticed by AddressSanitizer.
    const std::vector<std::uint8_t> input(bytes.begin(), bytes.end());
    LLVMFuzzerTestOneInput(input.data(), input.size());
  }
  if (files.empty()) std::fprintf(stderr, "no input\n");
  return files.empty() ? EXIT_FAILURE : EXIT_SUCCESS;
}
