// What can be wrong with options each of which is right by itself.
#ifndef OWPOOLD_CONFIG_CHECK_H_
#define OWPOOLD_CONFIG_CHECK_H_

#include <string>
#include <vector>

#include "owpoold/config/configuration.h"

namespace owpool::daemon {

struct Checked {
  std::string summary;            // What was read, on one line.
  std::vector<Problem> problems;  // Those of the configuration itself first.
};

// Reads the manifest of runtimes, and asks the pool whether it could start like this.
Checked checkConfiguration(const Configuration& configuration);

}  // namespace owpool::daemon

#endif  // OWPOOLD_CONFIG_CHECK_H_
