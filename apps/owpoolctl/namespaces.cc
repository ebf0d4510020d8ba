// The commands "namespace …": the daemon's routes are below /namespaces.
#include <charconv>

#include "fmt/format.h"
#include "owpoolctl/commands.h"
#include "owpoolctl/fields.h"
#include "owpoold/access/invocation_throttle.h"
#include "owpoold/support/json_text.h"

namespace owpool::ctl {
namespace {

using daemon::InvocationLimits;
using daemon::ObjectText;

const std::string& nameOf(const Session& session) { return session.arguments.operands[0]; }

std::string pathOf(const Session& session) {
  std::string path = "/namespaces/";
  for (const char c : nameOf(session)) {
    path += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return path;
}

// The one moment in which anybody can read it: only its hash is kept.
void printKey(const Session& session, const json::Value& answer) {
  fmt::print("key of namespace {}, shown only now: {}\n", cleaned(nameOf(session)),
             textOf(answer, "key"));
}

std::string limitText(const json::Value& space, const std::string& key) {
  const auto own = numberOf(space, key);
  if (!own) return "default";
  return *own == InvocationLimits::kUnlimited ? "none" : fmt::format("{}", *own);
}

// A limit as the JSON of a request; "default" takes the namespace's own away, and "none" is
// the number that limits nothing.
absl::StatusOr<std::string> limitJson(const Arguments& arguments, const std::string& option) {
  const std::string text = arguments.value(option);
  if (text == "default") return "null";
  if (text == "none") return fmt::format("{}", InvocationLimits::kUnlimited);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 0) {
    return absl::InvalidArgumentError(
        fmt::format("--{}: must be a whole number, 'none' or 'default', not '{}'", option, text));
  }
  return fmt::format("{}", number);
}

}  // namespace

std::string namespacesText(const json::Value& answer) {
  std::vector<std::vector<std::string>> rows;
  for (const json::Value& space : elementsOf(answer, "namespaces")) {
    rows.push_back({textOf(space, "name"), limitText(space, "concurrent_invocations"),
                    limitText(space, "invocations_per_minute")});
  }
  return tableText({"NAMESPACE", ">CONCURRENT", ">PER MINUTE"}, rows);
}

absl::Status runNamespaceList(const Session& session) {
  const auto answer = session.client.get("/namespaces");
  if (!answer.ok()) return answer.status();
  if (session.arguments.has("json")) {
    fmt::print("{}\n", answer->text());
  } else {
    fmt::print("{}", namespacesText(*answer));
  }
  return absl::OkStatus();
}

absl::Status runNamespaceCreate(const Session& session) {
  const auto answer = session.client.send(
      "POST", "/namespaces", ObjectText().string("name", nameOf(session)).text());
  if (!answer.ok()) return answer.status();
  printKey(session, *answer);
  return absl::OkStatus();
}

absl::Status runNamespaceRenew(const Session& session) {
  const auto answer = session.client.send("POST", pathOf(session) + "/key", "");
  if (!answer.ok()) return answer.status();
  printKey(session, *answer);
  return absl::OkStatus();
}

absl::Status runNamespaceRemove(const Session& session) {
  const bool takes_actions = session.arguments.has("with-actions");
  const auto answer = session.client.send(
      "DELETE", pathOf(session) + (takes_actions ? "?with_actions=true" : ""), "");
  return answer.status();
}

absl::Status runNamespaceLimits(const Session& session) {
  const Arguments& arguments = session.arguments;
  ObjectText body;
  bool changes = false;
  for (const auto& [option, key] : {std::pair("concurrent", "concurrent_invocations"),
                                    std::pair("per-minute", "invocations_per_minute")}) {
    if (!arguments.has(option)) continue;
    const auto limit = limitJson(arguments, option);
    if (!limit.ok()) return limit.status();
    body.json(key, *limit);
    changes = true;
  }
  const auto answer =
      changes ? session.client.send("PUT", pathOf(session) + "/limits", body.text())
              : session.client.get(pathOf(session) + "/limits");
  if (!answer.ok()) return answer.status();
  fmt::print("concurrent invocations: {}\ninvocations per minute: {}\n",
             limitText(*answer, "concurrent_invocations"),
             limitText(*answer, "invocations_per_minute"));
  return absl::OkStatus();
}

}  // namespace owpool::ctl
