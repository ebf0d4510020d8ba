#ifndef OWPOOLCTL_WHY_TEXT_H_
#define OWPOOLCTL_WHY_TEXT_H_

#include <cstddef>
#include <string>
#include <vector>

#include "json/json.h"
#include "owpoolctl/text.h"

namespace owpool::ctl {

// What GET /activations/ID answered, told to somebody who does not know how the pool
// works: what happened, why, when, what would have avoided it. One screen. Pure.
std::string whyText(const json::Value& answer, std::size_t width, Style style);

// Its parts, a sentence or an entry each.
std::string headline(const json::Value& answer);
std::vector<std::string> reasons(const json::Value& answer);
std::vector<std::string> advice(const json::Value& answer);
std::vector<std::string> timeline(const json::Value& answer);

}  // namespace owpool::ctl

#endif  // OWPOOLCTL_WHY_TEXT_H_
