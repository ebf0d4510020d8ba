#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "json/json.h"
#include "owpool/action_protocol.h"

namespace owpool {

const std::string_view kLogSentinel = "XXX_THE_END_OF_A_WHISK_ACTIVATION_XXX";

namespace {

using json::quote;

// Puts "value" where "name" is, or at the end: no name comes twice.
void set(ActivationContext& context, std::string_view name, std::string value) {
  const auto found = std::find_if(context.begin(), context.end(),
                                  [&](const auto& entry) { return entry.first == name; });
  if (found != context.end()) {
    found->second = std::move(value);
  } else {
    context.emplace_back(name, std::move(value));
  }
}

// OpenWhisk's environment of both calls: what the action itself tells, then what the
// caller knows of the activation, then the deadline.
ActivationContext environment(const Action& action, const ActivationContext& context,
                              std::int64_t deadline_unix_ms) {
  ActivationContext result = {{"namespace", action.key.invocationNamespace()},
                              {"action_name", "/" + action.key.name()},
                              {"action_version", action.version}};
  for (const auto& [name, value] : context) set(result, name, value);
  set(result, "deadline", std::to_string(deadline_unix_ms));
  return result;
}

std::string upperCase(std::string text) {
  for (char& c : text) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return text;
}

// "action" of "owner/package/action".
std::string_view simpleName(std::string_view name) {
  return name.substr(name.rfind('/') + 1);  // npos + 1 is 0.
}

}  // namespace

std::string initBody(const InitRequest& request, std::int64_t deadline_unix_ms) {
  const Action& action = *request.action;
  const ActionCode& code = action.code;
  ActivationContext variables;
  for (const auto& [name, value] : request.environment) set(variables, name, value);
  for (auto& [name, value] : environment(action, request.context, deadline_unix_ms))
    set(variables, "__OW_" + upperCase(name), value);
  std::string env;
  for (const auto& [name, value] : variables)
    env += fmt::format("{}{}:{}", env.empty() ? "" : ",", quote(name), quote(value));
  return fmt::format(R"({{"value":{{"name":{},"main":{},"code":{},"binary":{},"env":{{{}}}}}}})",
                     quote(simpleName(action.key.name())),
                     quote(code.main.empty() ? "main" : code.main), quote(code.text), code.binary,
                     env);
}

std::string runBody(const RunRequest& request, std::int64_t deadline_unix_ms) {
  std::string body = "{\"value\":" + request.parameters;
  for (const auto& [name, value] :
       environment(*request.action, request.context, deadline_unix_ms)) {
    // The parameters are not the context's to replace.
    if (name != "value") body += fmt::format(",{}:{}", quote(name), quote(value));
  }
  return body + "}";
}

}  // namespace owpool
