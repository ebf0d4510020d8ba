#include "owpoold/config/manifest.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "owpoold/support/json_text.h"

namespace owpool::daemon {
namespace {

constexpr char kBlackbox[] = "blackbox";

template <typename Wanted>
std::string joinedNames(const std::vector<Kind>& kinds, Wanted wanted) {
  std::string names;
  for (const Kind& kind : kinds) {
    if (wanted(kind)) names += (names.empty() ? "" : ", ") + kind.name;
  }
  return names;
}

}  // namespace

void Manifest::runAsProcesses(const Manifest& own) {
  for (Kind& kind : kinds_) {
    if (kind.command.empty()) {
      if (const Kind* of_family = own.find(kind.family + ":default")) {
        kind.command = of_family->command;
      }
    }
    kind.can_run = !kind.command.empty();
  }
}

void Manifest::runAsImages(std::vector<std::string> blackbox_images) {
  for (Kind& kind : kinds_) {
    kind.can_run = kind.runs_image = !kind.image.empty();
    for (PrewarmConfig& cells : kind.stem_cells) cells.runtime = kind.runtime();
  }
  blackbox_.emplace();
  blackbox_->name = blackbox_->family = kBlackbox;
  blackbox_->runs_image = true;
  blackbox_->marks_log_ends = false;
  blackbox_images_ = std::move(blackbox_images);
}

bool Manifest::allowsImage(const std::string& image) const {
  return std::any_of(
      blackbox_images_.begin(), blackbox_images_.end(), [&](const std::string& allowed) {
        if (image.compare(0, allowed.size(), allowed) != 0) return false;
        if (image.size() == allowed.size() || allowed.back() == '/') return true;
        const bool has_tag = allowed.find(':', allowed.rfind('/') + 1) != allowed.npos;
        const char next = image[allowed.size()];
        // What follows a registry's colon is a port and a name, not a tag.
        return !has_tag && (next == '@' || next == ':') &&
               image.find('/', allowed.size()) == image.npos;
      });
}

const Kind* Manifest::find(const std::string& kind) const {
  const std::string wanted = absl::AsciiStrToLower(std::string(absl::StripAsciiWhitespace(kind)));
  if (blackbox_ && wanted == kBlackbox) return &*blackbox_;
  for (const Kind& known : kinds_) {
    if (known.name == wanted || (known.is_default && known.family + ":default" == wanted)) {
      return &known;
    }
  }
  return nullptr;
}

std::string Manifest::kindNames() const {
  return joinedNames(kinds_, [](const Kind&) { return true; });
}

std::string Manifest::runnableKindNames() const {
  return joinedNames(kinds_, [](const Kind& kind) { return kind.can_run; });
}

std::string Manifest::otherKindNames() const {
  return joinedNames(kinds_, [](const Kind& kind) { return !kind.can_run; });
}

std::vector<PrewarmConfig> Manifest::prewarms() const {
  std::vector<PrewarmConfig> all;
  for (const Kind& kind : kinds_) {
    if (!kind.can_run) continue;
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
                                         .boolean("deprecated", kind.is_deprecated)
                                         .boolean("attached", kind.is_attached)
                                         .boolean("requireMain", kind.requires_main)
                                         .text());
  }
  ObjectText object;
  for (const auto& [family, kinds] : families) object.json(family, arrayText(kinds));
  return object.text();
}

}  // namespace owpool::daemon
