// The version of owpool. The build system reads it here: it stands nowhere else.
#ifndef OWPOOL_VERSION_H_
#define OWPOOL_VERSION_H_

#include <string_view>

// Of these headers. While the major version is 0, a new minor version may break
// what was built against the one before.
#define OWPOOL_VERSION_MAJOR 0
#define OWPOOL_VERSION_MINOR 1
#define OWPOOL_VERSION_PATCH 0

namespace owpool {

// Of the library that the program runs with, e.g. "0.1.0".
std::string_view version();

}  // namespace owpool

#endif  // OWPOOL_VERSION_H_
