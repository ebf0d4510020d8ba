// Randomness that cannot be guessed, from the kernel.
#ifndef OWPOOLD_SUPPORT_RANDOM_H_
#define OWPOOLD_SUPPORT_RANDOM_H_

#include <cstddef>
#include <string>

#include "owpool/activation.h"

namespace owpool::daemon {

std::string randomLettersAndDigits(std::size_t count);
std::string randomUuid();  // Version 4, lower case.
ActivationId randomActivationId();

}  // namespace owpool::daemon

#endif  // OWPOOLD_SUPPORT_RANDOM_H_
