// What is asked for: an action. Plain values, immutable once shared.
#ifndef OWPOOL_ACTION_H_
#define OWPOOL_ACTION_H_

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "owpool/units.h"

namespace owpool {

// Who may share a warm container: two activations may iff their keys are equal.
// Hashed once, at construction, so that a look-up by key costs no hashing of
// strings. Immutable; copies are independent.
class ActionKey {
 public:
  ActionKey() : ActionKey("", "", "") {}
  // "invocation_namespace": who invokes, not who owns the action (OpenWhisk keeps
  // these apart too, since packages are shared). "name": fully qualified, e.g.
  // "owner/package/action". "revision": anything that changes whenever a warm
  // container of the action would be stale: its code, its limits, its parameters.
  ActionKey(std::string invocation_namespace, std::string name, std::string revision);

  const std::string& invocationNamespace() const { return invocation_namespace_; }
  const std::string& name() const { return name_; }
  const std::string& revision() const { return revision_; }
  std::size_t hash() const { return hash_; }

  friend bool operator==(const ActionKey& a, const ActionKey& b) {
    return a.hash_ == b.hash_ && a.name_ == b.name_ &&
           a.invocation_namespace_ == b.invocation_namespace_ && a.revision_ == b.revision_;
  }

 private:
  std::string invocation_namespace_;
  std::string name_;
  std::string revision_;
  std::size_t hash_ = 0;
};

// What a ContainerFactory starts, and by what a prewarmed container is matched.
struct RuntimeKind {
  std::string kind;   // E.g. "nodejs:20".
  std::string image;  // Understood by the factory alone: an image, a directory, a command.
  friend bool operator==(const RuntimeKind&, const RuntimeKind&) = default;
};

// What a container is given to become warm. Opaque to the pool.
struct ActionCode {
  std::string text;            // Source text, or base64 of a zip when "binary".
  std::string main = "main";   // Entry point.
  bool binary = false;
};

struct Action {
  ActionKey key;
  RuntimeKind runtime;
  ByteSize memory = ByteSize::mebibytes(256);            // REQUIRES: > 0.
  Duration time_limit = std::chrono::seconds(60);        // Of /init, of each /run. REQUIRES: > 0.
  ByteSize log_limit = ByteSize::mebibytes(10);          // 0: logs are not collected.
  // Its runtime writes kLogSentinel when an activation has ended ("sentinelledLogs" of
  // OpenWhisk's manifest); if not, a log is what there is when the answer comes.
  bool log_ends_marked = true;
  int concurrency_max = 1;  // Activations that one container may run at once. REQUIRES: >= 1.
  std::string version = "0.0.1";                         // Told to the action; not part of the key.
  ActionCode code;
};

// Shared by its activations and containers; nobody changes it.
using ActionPtr = std::shared_ptr<const Action>;

}  // namespace owpool

#endif  // OWPOOL_ACTION_H_
