// The kinds of actions that there are: OpenWhisk's runtimes.json, with one addition
// of ours, "process", which says how a kind is run as a process of this machine.
#ifndef OWPOOLD_CONFIG_MANIFEST_H_
#define OWPOOLD_CONFIG_MANIFEST_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "owpool/scheduling.h"

namespace owpool::daemon {

struct Kind {
  std::string name;                  // E.g. "nodejs:20".
  std::string family;                // E.g. "nodejs".
  std::string image;                 // E.g. "openwhisk/action-nodejs-v20:nightly"; may be empty.
  bool is_default = false;           // What "nodejs:default" means.
  bool is_deprecated = false;        // No action of it may be created or updated any more.
  bool is_attached = false;          // Only shown: here the code is always in the record.
  bool requires_main = false;        // An action must name its entry point.
  bool marks_log_ends = true;        // "sentinelledLogs": see Action::log_ends_marked.
  bool can_run = true;               // See Manifest::runAsProcesses() and runAsImages().
  bool runs_image = false;           // Its containers are made of "image".
  std::vector<std::string> command;  // Program and arguments; empty: not run as a process.
  std::vector<PrewarmConfig> stem_cells;  // Their RuntimeKind is runtime().

  // What a ContainerFactory is given. Where no image is run it is the kind's name, by which
  // the process factory knows its command.
  RuntimeKind runtime() const { return {name, runs_image ? image : name}; }
};

class Manifest {
 public:
  // "directory" replaces ${runtimes} in commands. The error names the place in the
  // text and the rule that it breaks. Every field of OpenWhisk's is known, those of
  // its older versions too; one that nobody knows is an error, since it is a typing
  // mistake that would change something without a word.
  static absl::StatusOr<Manifest> parse(std::string text, const std::string& directory);
  // From a file; its directory is ${runtimes}.
  static absl::StatusOr<Manifest> load(const std::string& path);

  // Makes it one for containers that are processes: a kind without a command gets
  // that of the default kind of its family in "own", the manifest that came with
  // owpoold. What then has none cannot run.
  void runAsProcesses(const Manifest& own);

  // Makes it one for containers that are made of images: a kind without one cannot run.
  // From now on there is also the kind "blackbox", whose actions bring their own image if
  // it is among "blackbox_images", and mark no end of their logs, as OpenWhisk has it.
  // find() knows it; it is in no list.
  void runAsImages(std::vector<std::string> blackbox_images);

  // An entry "prefix/" allows what begins so, "name" that image with any tag, "name:tag"
  // that one alone.
  bool allowsImage(const std::string& image) const;
  const std::vector<std::string>& blackboxImages() const { return blackbox_images_; }

  // Of "nodejs:default" the family's default, which is also its only kind. Null if
  // there is none such. In either case of letters, as OpenWhisk reads it.
  const Kind* find(const std::string& kind) const;
  // All, in the manifest's order.
  const std::vector<Kind>& kinds() const { return kinds_; }
  // "nodejs:20, python:3", for messages: all, those that can run, those that cannot.
  std::string kindNames() const;
  std::string runnableKindNames() const;
  std::string otherKindNames() const;

  // The stem cells of the kinds that can run.
  std::vector<PrewarmConfig> prewarms() const;
  // By RuntimeKind::image: what the process factory wants to know.
  std::map<std::string, std::vector<std::string>> commands() const;
  // {"nodejs":[{"kind":"nodejs:20","image":…,"default":true,"deprecated":false,…}],…}
  std::string familiesJson() const;

 private:
  std::vector<Kind> kinds_;
  std::optional<Kind> blackbox_;
  std::vector<std::string> blackbox_images_;
};

}  // namespace owpool::daemon

#endif  // OWPOOLD_CONFIG_MANIFEST_H_
