// The configuration file: a JSON object with comments, whose keys are options.
#ifndef OWPOOLD_CONFIG_CONFIG_FILE_H_
#define OWPOOLD_CONFIG_CONFIG_FILE_H_

#include <string>

#include "owpoold/config/setting.h"

namespace owpool::daemon {

// "path" is for messages, which begin with PATH:LINE:COLUMN.
Settings parseConfigFile(std::string text, const std::string& path);

// The same of the file "path".
Settings readConfigFile(const std::string& path);

}  // namespace owpool::daemon

#endif  // OWPOOLD_CONFIG_CONFIG_FILE_H_
