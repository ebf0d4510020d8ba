#include "owpoold/config/manifest.h"

#include <filesystem>
#include <optional>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_replace.h"
#include "fmt/format.h"
#include "json/json.h"
#include "owpoold/support/files.h"
#include "owpoold/support/json_text.h"
#include "owpoold/config/text_units.h"

namespace owpool::daemon {
namespace {

absl::Status broken(std::string_view where, std::string_view rule) {
  return absl::InvalidArgumentError(fmt::format("{}: {}", where, rule));
}

// "prefix/name:tag" as OpenWhisk puts it together. An absent image is fine, since
// not every kind runs in Docker.
absl::StatusOr<std::string> parseImage(const json::Value& entry, const std::string& where) {
  const auto image = entry.member("image");
  if (!image) return std::string();
  const auto part = [&](std::string_view name) -> std::optional<std::string> {
    const auto value = image->member(name);
    return value ? value->asString() : std::nullopt;
  };
  const auto name = part("name");
  if (!name) return broken(where + ".image.name", "must be a string");
  const std::string prefix = part("prefix").value_or("");
  const std::string tag = part("tag").value_or("latest");
  return (prefix.empty() ? "" : prefix + "/") + *name + ":" + tag;
}

absl::StatusOr<std::vector<std::string>> parseCommand(const json::Value& entry,
                                                      const std::string& where,
                                                      const std::string& directory) {
  std::vector<std::string> command;
  const auto process = entry.member("process");
  if (!process) return command;
  const auto list = process->member("command");
  if (!list || !list->isArray()) {
    return broken(where + ".process.command", "must be an array of strings");
  }
  for (const json::Value& element : list->elements()) {
    const auto word = element.asString();
    if (!word) return broken(where + ".process.command", "must be an array of strings");
    command.push_back(absl::StrReplaceAll(*word, {{"${runtimes}", directory}}));
  }
  if (command.empty() || command.front().empty()) {
    return broken(where + ".process.command", "must begin with a program");
  }
  return command;
}

absl::StatusOr<std::vector<PrewarmConfig>> parseStemCells(const json::Value& entry,
                                                          const std::string& where,
                                                          const RuntimeKind& runtime) {
  std::vector<PrewarmConfig> stem_cells;
  const auto list = entry.member("stemCells");
  if (!list) return stem_cells;
  if (!list->isArray()) return broken(where + ".stemCells", "must be an array");
  for (const json::Value& cell : list->elements()) {
    PrewarmConfig config{runtime, {}, 0};
    auto count = cell.member("initialCount");
    if (!count) count = cell.member("count");  // The older name.
    const auto number = count ? count->asInteger() : std::nullopt;
    if (!number || *number < 1 || *number > 1000) {
      return broken(where + ".stemCells.initialCount", "must be a whole number from 1 to 1000");
    }
    config.count = static_cast<int>(*number);
    const auto memory = cell.member("memory");
    const auto text = memory ? memory->asString() : std::nullopt;
    if (!text) return broken(where + ".stemCells.memory", "must be a string like \"256 MB\"");
    const auto size = parseByteSize(*text);
    if (!size.ok()) {
      return broken(where + ".stemCells.memory", std::string(size.status().message()));
    }
    config.memory = *size;
    stem_cells.push_back(std::move(config));
  }
  return stem_cells;
}

absl::StatusOr<Kind> parseKind(const json::Value& entry, const std::string& family,
                               const std::string& place, const std::string& directory) {
  Kind kind;
  kind.family = family;
  const auto name = entry.member("kind");
  const auto text = name ? name->asString() : std::nullopt;
  if (!text || text->rfind(family + ":", 0) != 0 || text->size() == family.size() + 1 ||
      *text == family + ":default") {
    return broken(place + ".kind", fmt::format("must be a string \"{}:VERSION\"", family));
  }
  kind.name = *text;
  const std::string where = fmt::format("runtimes.{} ({})", family, kind.name);

  if (const auto is_default = entry.member("default")) {
    const auto value = is_default->asBool();
    if (!value) return broken(where + ".default", "must be true or false");
    kind.is_default = *value;
  }
  auto image = parseImage(entry, where);
  if (!image.ok()) return image.status();
  kind.image = *std::move(image);
  auto command = parseCommand(entry, where, directory);
  if (!command.ok()) return command.status();
  kind.command = *std::move(command);
  auto stem_cells = parseStemCells(entry, where, kind.runtime());
  if (!stem_cells.ok()) return stem_cells.status();
  kind.stem_cells = *std::move(stem_cells);
  return kind;
}

}  // namespace

absl::StatusOr<Manifest> Manifest::parse(std::string text, const std::string& directory) {
  const auto root = json::parse(std::move(text));
  if (!root.ok()) return root.status();
  const auto families = root->member("runtimes");
  if (!families || !families->isObject()) return broken("runtimes", "must be an object");

  Manifest manifest;
  for (const auto& [family, entries] : families->members()) {
    const std::string where = "runtimes." + family;
    if (!entries.isArray()) return broken(where, "must be an array");
    int default_count = 0;
    std::size_t index = 0;
    for (const json::Value& entry : entries.elements()) {
      auto kind = parseKind(entry, family, fmt::format("{}[{}]", where, index++), directory);
      if (!kind.ok()) return kind.status();
      if (manifest.find(kind->name) != nullptr) {
        return broken(where, fmt::format("kind {} stands there twice", kind->name));
      }
      default_count += kind->is_default ? 1 : 0;
      manifest.kinds_.push_back(*std::move(kind));
    }
    if (default_count > 1) return broken(where, "more than one kind is the default");
  }
  if (manifest.kinds_.empty()) return broken("runtimes", "must name at least one kind");
  return manifest;
}

absl::StatusOr<Manifest> Manifest::load(const std::string& path) {
  auto text = readFile(path, ByteSize::mebibytes(1));
  if (!text.ok()) return text.status();
  std::error_code error;
  const auto absolute = std::filesystem::canonical(path, error);
  if (error) return broken(path, error.message());
  auto manifest = parse(*std::move(text), absolute.parent_path().string());
  if (!manifest.ok()) return broken(path, std::string(manifest.status().message()));
  return manifest;
}

const Kind* Manifest::find(const std::string& kind) const {
  for (const Kind& known : kinds_) {
    if (known.name == kind || (known.is_default && known.family + ":default" == kind)) {
      return &known;
    }
  }
  return nullptr;
}

std::string Manifest::kindNames() const {
  std::string names;
  for (const Kind& kind : kinds_) names += (names.empty() ? "" : ", ") + kind.name;
  return names;
}

std::vector<PrewarmConfig> Manifest::prewarms() const {
  std::vector<PrewarmConfig> all;
  for (const Kind& kind : kinds_) {
    all.insert(all.end(), kind.stem_cells.begin(), kind.stem_cells.end());
  }
  return all;
}

std::map<std::string, std::vector<std::string>> Manifest::commands() const {
  std::map<std::string, std::vector<std::string>> commands;
  for (const Kind& kind : kinds_) {
    if (!kind.command.empty()) commands[kind.runtime().image] = kind.command;
  }
  return commands;
}

std::string Manifest::familiesJson() const {
  std::vector<std::pair<std::string, std::vector<std::string>>> families;
  for (const Kind& kind : kinds_) {
    if (families.empty() || families.back().first != kind.family) {
      families.push_back({kind.family, {}});
    }
    families.back().second.push_back(ObjectText()
                                         .string("kind", kind.name)
                                         .string("image", kind.image)
                                         .boolean("default", kind.is_default)
                                         .boolean("deprecated", false)
                                         .text());
  }
  ObjectText object;
  for (const auto& [family, kinds] : families) object.json(family, arrayText(kinds));
  return object.text();
}

}  // namespace owpool::daemon
