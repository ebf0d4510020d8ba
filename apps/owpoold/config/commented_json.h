// JSON as people write configuration: with comments.
#ifndef OWPOOLD_CONFIG_COMMENTED_JSON_H_
#define OWPOOLD_CONFIG_COMMENTED_JSON_H_

#include <string>
#include <variant>

#include "json/json.h"

namespace owpool::daemon {

// JSON with // and /* */ comments wherever white space may stand. Positions are
// those of "text" as it is. Trailing commas are a fault, as in JSON.
std::variant<json::Value, json::Fault> parseCommentedJson(std::string text);

}  // namespace owpool::daemon

#endif  // OWPOOLD_CONFIG_COMMENTED_JSON_H_
