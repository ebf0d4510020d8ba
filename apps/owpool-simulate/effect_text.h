// Events and effects as a line of text each, for traces.
#ifndef OWPOOL_SIMULATE_EFFECT_TEXT_H_
#define OWPOOL_SIMULATE_EFFECT_TEXT_H_

#include <string>

#include "owpool/pool_events.h"

namespace owpool::simulate {

std::string textOf(const Event& event);
std::string textOf(const Effect& effect);

}  // namespace owpool::simulate

#endif  // OWPOOL_SIMULATE_EFFECT_TEXT_H_
