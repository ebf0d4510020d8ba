// What owpoold prints about its options, all of it made from their table.
#ifndef OWPOOLD_CONFIG_CONFIG_TEXT_H_
#define OWPOOLD_CONFIG_CONFIG_TEXT_H_

#include <string>
#include <vector>

#include "owpoold/config/configuration.h"
#include "owpoold/config/option_table.h"

namespace owpool::daemon {

// What --help prints.
std::string helpText();

// The file that --print-config prints: every option with its value, and where that
// comes from as a comment. It can be given to --config and says the same there, but
// for secrets, which it does not tell.
std::string configText(const Configuration& configuration,
                       const std::vector<Option>& table = optionTable());

// The file that --print-default-config prints: every option with its default and what
// it means. What depends on the machine is a comment.
std::string defaultConfigText();

}  // namespace owpool::daemon

#endif  // OWPOOLD_CONFIG_CONFIG_TEXT_H_
