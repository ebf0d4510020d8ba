// The kinds of actions that there are: OpenWhisk's runtimes.json, with one addition
// of ours, "process", which says how a kind is run as a process of this machine.
#ifndef OWPOOLD_CONFIG_MANIFEST_H_
#define OWPOOLD_CONFIG_MANIFEST_H_

#include <map>
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
  std::vector<std::string> command;  // Program and arguments; empty: not run as a process.
  std::vector<PrewarmConfig> stem_cells;  // Their RuntimeKind is runtime().

  // What a ContainerFactory is given. Its image is the kind's name, by which the
  // process factory knows its command.
  RuntimeKind runtime() const { return {name, name}; }
};

class Manifest {
 public:
  // "directory" replaces ${runtimes} in commands. The error names the field and
  // the rule that it breaks.
  static absl::StatusOr<Manifest> parse(std::string text, const std::string& directory);
  // From a file; its directory is ${runtimes}.
  static absl::StatusOr<Manifest> load(const std::string& path);

  // Of "nodejs:default" the family's default. Null if there is none such.
  const Kind* find(const std::string& kind) const;
  // All, in the manifest's order.
  const std::vector<Kind>& kinds() const { return kinds_; }
  // "nodejs:20, python:3", for messages.
  std::string kindNames() const;

  std::vector<PrewarmConfig> prewarms() const;
  // By RuntimeKind::image: what the process factory wants to know.
  std::map<std::string, std::vector<std::string>> commands() const;
  // {"nodejs":[{"kind":"nodejs:20","image":…,"default":true,"deprecated":false}],…}
  std::string familiesJson() const;

 private:
  std::vector<Kind> kinds_;
};

}  // namespace owpool::daemon

#endif  // OWPOOLD_CONFIG_MANIFEST_H_
