// The files of a control group, by which it is told and tells.
#ifndef OWPOOL_LIB_OS_CONTROL_FILE_H_
#define OWPOOL_LIB_OS_CONTROL_FILE_H_

#include <string>
#include <string_view>

namespace owpool::os {

// Returns 0 or an error number.
int writeControl(int directory_fd, const char* name, const std::string& text);

// At most 4096 bytes of it; empty if it cannot be read.
std::string readControl(int directory_fd, const char* name);

// The value of the line "<key> <value>", or "".
std::string_view controlValue(std::string_view text, std::string_view key);

}  // namespace owpool::os

#endif  // OWPOOL_LIB_OS_CONTROL_FILE_H_
