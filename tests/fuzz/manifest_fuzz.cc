// A manifest of kinds: refused with a reason, or every kind in it can be found and run.
#include <string>

#include "json/json.h"
#include "owpoold/config/manifest.h"
#include "tests/fuzz/fuzz_target.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace owpool;
  using namespace owpool::daemon;
  using owpool::fuzz::must;
  const auto manifest = Manifest::parse(std::string(owpool::fuzz::textOf(data, size)), "/runtimes");
  if (!manifest.ok()) {
    must(!manifest.status().message().empty(), "a refusal says why");
    return 0;
  }
  must(!manifest->kinds().empty(), "there is a kind");
  for (const Kind& kind : manifest->kinds()) {
    must(manifest->find(kind.name) == &kind, "a kind is found by its name, and there is one only");
    if (kind.is_default)
      must(manifest->find(kind.family + ":default") == &kind, "a family has one default");
    must(kind.command.empty() || !kind.command[0].empty(), "a command begins with a program");
    must(manifest->kindNames().find(kind.name) != std::string::npos, "messages name it");
  }
  for (const PrewarmConfig& prewarm : manifest->prewarms()) {
    must(prewarm.count >= 1 && prewarm.count <= 1000, "there are some stem cells, not too many");
    must(manifest->find(prewarm.runtime.kind) != nullptr, "stem cells are of a kind");
  }
  for (const auto& [image, command] : manifest->commands())
    must(manifest->find(image) != nullptr && !command.empty(), "a command is some kind's");
  const auto families = json::parse(manifest->familiesJson());
  must(families.ok() && families->isObject(), "what clients are told is JSON");
  return 0;
}
