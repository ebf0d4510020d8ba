// The labels of what we make, by which it is found again.
#ifndef OWPOOL_LIB_DOCKER_LABELS_H_
#define OWPOOL_LIB_DOCKER_LABELS_H_

namespace owpool::docker {

inline constexpr char kInstanceLabel[] = "org.owpool.instance";  // Whose it is.
inline constexpr char kKindLabel[] = "org.owpool.kind";          // E.g. "nodejs:20".
inline constexpr char kActionLabel[] = "org.owpool.action";      // Not of stem cells.

}  // namespace owpool::docker

#endif  // OWPOOL_LIB_DOCKER_LABELS_H_
