// The configuration file: problems that say where, and options that are set only to what
// can be written down and read again as the same.
#include <string>

#include "owpoold/config/config_file.h"
#include "tests/fuzz/fuzz_target.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace owpool::daemon;
  using owpool::fuzz::must;
  const Settings settings = parseConfigFile(std::string(owpool::fuzz::textOf(data, size)), "FILE");
  for (const Problem& problem : settings.problems) {
    must(problem.text.rfind("FILE:", 0) == 0, "a problem says where it is");
    must(!problem.is_usage, "and is none of the command line");
  }
  Options options;
  for (const Setting& setting : settings.all) {
    must(setting.origin.place.rfind("FILE:", 0) == 0, "it is known where a setting stands");
    const auto status = setting.option->set(options, setting.value);
    must(status.ok() || !status.message().empty(), "a refusal says the rule");
    if (!status.ok()) continue;
    const std::string value = setting.option->get(options);
    Options again;
    must(setting.option->set(again, value).ok(), "a value is written as it may be given");
    must(setting.option->get(again) == value, "and means the same then");
  }
  return 0;
}
