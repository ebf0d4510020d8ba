// What owpoold prints, and how it ends, when it is not to serve or cannot.
#ifndef OWPOOLD_CONFIG_ANSWER_H_
#define OWPOOLD_CONFIG_ANSWER_H_

#include <optional>
#include <string>

#include "owpoold/config/configuration.h"

namespace owpool::daemon {

inline constexpr int kUsageError = 2;    // The command line is wrong.
inline constexpr int kConfigError = 78;  // EX_CONFIG of sysexits.h: what was read is.

struct Answer {
  int exit_status = 0;
  std::string out;
  std::string err;
};

// nullopt: it is to serve, and nothing that could be read speaks against it. Who asks
// to check the configuration is told kConfigError of any mistake.
std::optional<Answer> answerInstead(const Configuration& configuration);

}  // namespace owpool::daemon

#endif  // OWPOOLD_CONFIG_ANSWER_H_
