// OpenWhisk's rule for the names of namespaces, packages and actions.
#ifndef OWPOOLD_SUPPORT_NAMES_H_
#define OWPOOLD_SUPPORT_NAMES_H_

#include <string_view>

namespace owpool::daemon {

// 1 to 256 characters: letters, digits and _ first; then also @ . & - and space;
// not ending in a space.
bool isEntityName(std::string_view name);

// What is wrong with a name for which isEntityName() is false.
inline constexpr std::string_view kEntityNameRule =
    "a name has 1 to 256 letters, digits and characters of _@.&- or space, begins with a letter, "
    "a digit or _, and does not end with a space";

}  // namespace owpool::daemon

#endif  // OWPOOLD_SUPPORT_NAMES_H_
