#include "owpoold/config/config_file.h"

#include <optional>
#include <utility>
#include <variant>

#include "fmt/format.h"
#include "json/json.h"
#include "owpoold/config/commented_json.h"
#include "owpoold/support/files.h"
#include "owpoold/support/nearest_name.h"

namespace owpool::daemon {
namespace {

std::string placed(const std::string& path, json::Position position) {
  return fmt::format("{}:{}:{}", path, position.line, position.column);
}

// What Option::set() takes. A number keeps its text, so that "1.5" is refused as such.
std::optional<std::string> valueText(const Option& option, const json::Value& value) {
  if (option.is_count && value.type() == json::Type::Number) return std::string(value.text());
  return value.asString();
}

std::string typeRule(const Option& option) {
  return fmt::format("must be a string{}: {}", option.is_count ? " or a number" : "",
                     option.placeholder);
}

}  // namespace

Settings parseConfigFile(std::string text, const std::string& path) {
  Settings settings;
  const auto parsed = parseCommentedJson(std::move(text));
  if (const auto* fault = std::get_if<json::Fault>(&parsed)) {
    settings.problems.push_back(
        {fmt::format("{}: {}", placed(path, fault->position), fault->what)});
    return settings;
  }
  const json::Value& root = std::get<json::Value>(parsed);
  if (!root.isObject()) {
    settings.problems.push_back(
        {fmt::format("{}: must be a JSON object", placed(path, root.position()))});
  }
  for (const auto& [key, value] : root.membersWithKeys()) {
    const std::string name = key.asString().value_or("");
    const Option* option = findOption(name);
    if (option == nullptr) {
      settings.problems.push_back({fmt::format("{}: unknown key {}{}",
                                               placed(path, key.position()), json::quote(name),
                                               didYouMean(name, optionNames()))});
      continue;
    }
    const std::string place = fmt::format("{}: {}", placed(path, value.position()), name);
    auto value_text = valueText(*option, value);
    if (!value_text) {
      settings.problems.push_back({fmt::format("{}: {}", place, typeRule(*option))});
      continue;
    }
    settings.all.push_back({option, *std::move(value_text),
                            {Origin::Source::File,
                             fmt::format("{}:{}", path, value.position().line), place}});
  }
  return settings;
}

Settings readConfigFile(const std::string& path) {
  auto text = readFile(path, ByteSize::mebibytes(1));
  if (text.ok()) return parseConfigFile(*std::move(text), path);
  Settings settings;
  settings.problems.push_back({std::string(text.status().message())});
  return settings;
}

}  // namespace owpool::daemon
