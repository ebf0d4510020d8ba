#include "owpool/version.h"

#define OWPOOL_QUOTE(text) #text
#define OWPOOL_DOTTED(major, minor, patch) \
  OWPOOL_QUOTE(major) "." OWPOOL_QUOTE(minor) "." OWPOOL_QUOTE(patch)

namespace owpool {

std::string_view version() {
  return OWPOOL_DOTTED(OWPOOL_VERSION_MAJOR, OWPOOL_VERSION_MINOR, OWPOOL_VERSION_PATCH);
}

}  // namespace owpool
