#ifndef OWPOOLD_SUPPORT_NEAREST_NAME_H_
#define OWPOOLD_SUPPORT_NEAREST_NAME_H_

#include <string>
#include <string_view>
#include <vector>

namespace owpool::daemon {

// The name of "names" that "wrong" was probably meant to be: it differs in at most a
// third of its letters, whatever their case. Empty if none is that near.
std::string nearestName(std::string_view wrong, const std::vector<std::string>& names);

// ", did you mean --listen?" of the nearest and the prefix "--"; empty if none is near.
std::string didYouMean(std::string_view wrong, const std::vector<std::string>& names,
                       std::string_view prefix = "");

}  // namespace owpool::daemon

#endif  // OWPOOLD_SUPPORT_NEAREST_NAME_H_
