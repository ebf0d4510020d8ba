// The kinds of values that options of the factory Docker have, beside option_kinds.h.
#ifndef OWPOOLD_CONFIG_DOCKER_OPTIONS_H_
#define OWPOOLD_CONFIG_DOCKER_OPTIONS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "owpoold/config/option_table.h"

namespace owpool::daemon {

// A text that keeps the rule of "check", or "word", which stands for the empty text.
Option wordOrTextOption(std::string name, std::string placeholder, std::string word,
                        std::string help, std::string Options::*field,
                        absl::Status (*check)(const std::string& text));

// Names of images with commas between, or "none".
Option imagesOption(std::string name, std::string help,
                    std::vector<std::string> Options::*field);

// ---- Rules

absl::Status checkEngineAddress(const std::string& text);
absl::Status checkNetworkName(const std::string& text);
// What may be part of "registry/prefix/name:tag".
bool isPartOfImageName(const std::string& text);

}  // namespace owpool::daemon

#endif  // OWPOOLD_CONFIG_DOCKER_OPTIONS_H_
