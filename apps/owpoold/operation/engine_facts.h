// What is asked of a container engine before the daemon starts, and while it runs.
#ifndef OWPOOLD_OPERATION_ENGINE_FACTS_H_
#define OWPOOLD_OPERATION_ENGINE_FACTS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "owpoold/config/manifest.h"
#include "owpoold/config/options.h"

namespace owpool::daemon {

struct EngineFacts {
  struct Image {
    std::string kind;
    std::string name;
    bool is_there = false;
    bool can_be_made = false;  // By scripts/make-image, from a runtime that we have.
  };

  std::string address;       // For people: "/var/run/docker.sock".
  absl::Status reachable;    // PERMISSION_DENIED, NOT_FOUND: of the socket's file.
  std::string version;       // "20.10.24, API 1.41"
  bool limits_memory = true;
  bool pulls = true;         // What was asked of us: missing images are pulled.
  std::vector<Image> images; // Of each kind that has one.
};

// Takes a few seconds at most, whatever the engine does. "own" is the manifest that came
// with owpoold.
EngineFacts lookAtEngine(const Options& options, const Manifest& manifest, const Manifest& own);

// As lib/http takes it.
absl::StatusOr<std::string> engineAddressOf(const Options& options);

// What is wrong with the engine now, or nothing.
std::string engineProblem(const std::string& address);

// Where containers of "network" reach this machine; empty if the engine does not say.
std::string gatewayOf(const std::string& address, const std::string& network);

}  // namespace owpool::daemon

#endif  // OWPOOLD_OPERATION_ENGINE_FACTS_H_
