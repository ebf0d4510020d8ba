// From the text of a manifest to its kinds. The rules are OpenWhisk's
// (ExecManifest.scala), which reads the same file.
#include <algorithm>
#include <filesystem>
#include <set>
#include <string_view>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_replace.h"
#include "fmt/format.h"
#include "owpoold/config/manifest.h"
#include "owpoold/config/object_reader.h"
#include "owpoold/support/files.h"

namespace owpool::daemon {
namespace {

constexpr int kCountMax = 1000;  // Of the stem cells of one kind: more is a mistake.

// Older files name the prefix and the tag of all images once, at the top.
struct ImageDefaults {
  std::string prefix;
  std::string tag;
};

// "registry/prefix/name:tag", as OpenWhisk puts it together.
absl::StatusOr<std::string> parseImage(const PlacedValue& image, const ImageDefaults& defaults) {
  ObjectReader reader(image, {"registry", "prefix", "name", "tag"});
  std::string registry;
  std::string prefix = defaults.prefix;
  std::string name;
  std::string tag = defaults.tag;
  reader.require("name");
  reader.read("registry", registry);
  reader.read("prefix", prefix);
  reader.read("name", name);
  reader.read("tag", tag);
  if (!reader.status().ok()) return reader.status();
  if (!registry.empty() && registry.back() != '/') registry += '/';
  return registry + (prefix.empty() ? "" : prefix + "/") + name + (tag.empty() ? "" : ":" + tag);
}

absl::StatusOr<ReactivePrewarm> parseReactive(const PlacedValue& value) {
  ReactivePrewarm reactive;
  ObjectReader reader(value, {"minCount", "maxCount", "ttl", "threshold", "increment"});
  for (const char* name : {"minCount", "maxCount", "ttl", "threshold", "increment"}) {
    reader.require(name);
  }
  reader.read("maxCount", reactive.count_max, 1, kCountMax);
  reader.read("minCount", reactive.count_min, 0, reactive.count_max);
  reader.read("ttl", reactive.time_to_live);
  reader.read("threshold", reactive.threshold, 1, kCountMax);
  reader.read("increment", reactive.increment, 1, reactive.count_max);
  if (!reader.status().ok()) return reader.status();
  return reactive;
}

absl::StatusOr<PrewarmConfig> parseStemCell(const PlacedValue& value, const RuntimeKind& runtime) {
  PrewarmConfig config;
  config.runtime = runtime;
  // "count" is the older name, of before there was "reactive".
  ObjectReader reader(value, {"initialCount", "count", "memory", "reactive"});
  if (!reader.member("count")) reader.require("initialCount");
  reader.require("memory");
  reader.read("count", config.count, 1, kCountMax);
  reader.read("initialCount", config.count, 1, kCountMax);
  reader.read("memory", config.memory);
  if (const auto reactive = reader.member("reactive")) {
    auto parsed = parseReactive(*reactive);
    reader.fail(parsed.status());
    if (parsed.ok()) config.reactive = *parsed;
  }
  if (!reader.status().ok()) return reader.status();
  return config;
}

absl::StatusOr<std::vector<std::string>> parseCommand(const PlacedValue& process,
                                                      const std::string& directory) {
  ObjectReader reader(process, {"command"});
  reader.require("command");
  if (!reader.status().ok()) return reader.status();
  const PlacedValue list = *reader.member("command");
  std::vector<std::string> command;
  for (const json::Value& element : list.value.elements()) {
    const auto word = element.asString();
    if (!word) return list.broken("must be an array of strings");
    command.push_back(absl::StrReplaceAll(*word, {{"${runtimes}", directory}}));
  }
  if (!list.value.isArray()) return list.broken("must be an array of strings");
  if (command.empty() || command.front().empty()) return list.broken("must begin with a program");
  return command;
}

absl::Status checkAttached(const PlacedValue& attached) {
  ObjectReader reader(attached, {"attachmentName", "attachmentType", "length", "digest"});
  std::string ignored;
  for (const char* name : {"attachmentName", "attachmentType"}) {
    reader.require(name);
    reader.read(name, ignored);
  }
  return reader.status();
}

bool isPlainLowerCase(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return absl::ascii_isgraph(byte) && !absl::ascii_isupper(byte) && c != '"' && c != ',';
  });
}

// OpenWhisk itself checks no name; but it looks for one in lower case, and these
// could not be found or mean something else.
absl::Status checkName(const PlacedValue& name) {
  const std::string text = name.value.asString().value_or("");
  const std::size_t colon = text.find(':');
  const bool has_version = colon == text.npos || (colon > 0 && colon + 1 < text.size());
  if (!isPlainLowerCase(text) || !has_version) {
    return name.broken("must be a string of lower-case letters, like \"nodejs:20\" or \"java\"");
  }
  if (text.substr(std::min(colon, text.size())) == ":default" || text == "sequence" ||
      text == "blackbox") {
    return name.broken(fmt::format("\"{}\" has a meaning of its own", text));
  }
  return absl::OkStatus();
}

class ManifestParser {
 public:
  explicit ManifestParser(const std::string& directory) : directory_(directory) {}

  absl::StatusOr<std::vector<Kind>> parse(const PlacedValue& root) {
    ObjectReader reader(root, {"description", "runtimes", "blackboxes", "defaultImagePrefix",
                               "defaultImageTag", "bypassPullForLocalImages", "localImagePrefix"});
    bool bypasses_pull = false;
    std::string local_prefix;
    reader.require("runtimes");
    reader.read("defaultImagePrefix", defaults_.prefix);
    reader.read("defaultImageTag", defaults_.tag);
    reader.read("bypassPullForLocalImages", bypasses_pull);
    reader.read("localImagePrefix", local_prefix);
    if (!reader.status().ok()) return reader.status();

    std::vector<Kind> kinds;
    const PlacedValue families = *reader.member("runtimes");
    if (!families.value.isObject()) return families.broken("must be an object");
    for (const auto& [family, entries] : families.value.members()) {
      const auto status = parseFamily({entries, "runtimes." + family}, family, kinds);
      if (!status.ok()) return status;
    }
    if (kinds.empty()) return families.broken("must name at least one kind");
    if (const auto blackboxes = reader.member("blackboxes")) {
      if (!blackboxes->value.isArray()) return blackboxes->broken("must be an array of images");
      for (const PlacedValue& image : blackboxes->elements()) {
        const auto parsed = parseImage(image, defaults_);
        if (!parsed.ok()) return parsed.status();
      }
    }
    return kinds;
  }

 private:
  absl::Status parseFamily(const PlacedValue& list, const std::string& family,
                           std::vector<Kind>& kinds) {
    // "FAMILY:default" is looked for in lower case too.
    if (!isPlainLowerCase(family) || family.find(':') != family.npos) {
      return list.broken("a family's name must be of lower-case letters, like \"nodejs\"");
    }
    if (!list.value.isArray()) return list.broken("must be an array of kinds");
    const std::size_t first = kinds.size();
    int default_count = 0;
    for (const PlacedValue& entry : list.elements()) {
      auto kind = parseKind(entry, family);
      if (!kind.ok()) return kind.status();
      default_count += kind->is_default ? 1 : 0;
      kinds.push_back(*std::move(kind));
    }
    if (default_count > 1) return list.broken("more than one kind is the default");
    if (kinds.size() == first) return list.broken("must have at least one kind");
    if (default_count == 0 && kinds.size() > first + 1) {
      return list.broken("has several kinds, and none is the default: one must say so");
    }
    if (default_count == 0) kinds.back().is_default = true;
    return absl::OkStatus();
  }

  absl::StatusOr<Kind> parseKind(const PlacedValue& entry, const std::string& family) {
    Kind kind;
    kind.family = family;
    ObjectReader reader(entry, {"kind", "default", "deprecated", "image", "attached",
                                "requireMain", "sentinelledLogs", "stemCells", "process"});
    reader.require("kind");
    if (const auto name = reader.member("kind")) {
      reader.fail(checkName(*name));
      kind.name = name->value.asString().value_or("");
      if (!names_.insert(kind.name).second) {
        reader.fail(name->broken(fmt::format("kind {} stands there twice", kind.name)));
      }
    }
    reader.read("default", kind.is_default);
    reader.read("deprecated", kind.is_deprecated);
    reader.read("requireMain", kind.requires_main);
    reader.read("sentinelledLogs", kind.marks_log_ends);
    if (const auto attached = reader.member("attached")) {
      reader.fail(checkAttached(*attached));
      kind.is_attached = true;
    }
    // An absent image is fine, since not every kind runs in Docker.
    if (const auto image = reader.member("image")) {
      keep(reader, parseImage(*image, defaults_), kind.image);
    }
    if (const auto process = reader.member("process")) {
      keep(reader, parseCommand(*process, directory_), kind.command);
    }
    if (const auto cells = reader.member("stemCells")) {
      if (!cells->value.isArray()) reader.fail(cells->broken("must be an array"));
      for (const PlacedValue& cell : cells->elements()) {
        PrewarmConfig& config = kind.stem_cells.emplace_back();
        keep(reader, parseStemCell(cell, kind.runtime()), config);
      }
    }
    if (!reader.status().ok()) return reader.status();
    return kind;
  }

  template <typename T>
  static void keep(ObjectReader& reader, absl::StatusOr<T> parsed, T& field) {
    reader.fail(parsed.status());
    if (parsed.ok()) field = *std::move(parsed);
  }

  const std::string& directory_;
  ImageDefaults defaults_;
  std::set<std::string> names_;
};

}  // namespace

absl::StatusOr<Manifest> Manifest::parse(std::string text, const std::string& directory) {
  const auto root = json::parse(std::move(text));
  if (!root.ok()) return root.status();
  auto kinds = ManifestParser(directory).parse({*root, ""});
  if (!kinds.ok()) return kinds.status();
  Manifest manifest;
  manifest.kinds_ = *std::move(kinds);
  return manifest;
}

absl::StatusOr<Manifest> Manifest::load(const std::string& path) {
  const auto prefixed = [&](const std::string& message) {
    return absl::InvalidArgumentError(fmt::format("{}: {}", path, message));
  };
  auto text = readFile(path, ByteSize::mebibytes(1));
  if (!text.ok()) return text.status();
  std::error_code error;
  const auto absolute = std::filesystem::canonical(path, error);
  if (error) return prefixed(error.message());
  auto manifest = parse(*std::move(text), absolute.parent_path().string());
  if (!manifest.ok()) return prefixed(std::string(manifest.status().message()));
  return manifest;
}

}  // namespace owpool::daemon
