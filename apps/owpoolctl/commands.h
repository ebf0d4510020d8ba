// One function for each command of owpoolctl: asks the daemon, prints on standard output.
// An INVALID_ARGUMENT is the user's mistake.
#ifndef OWPOOLCTL_COMMANDS_H_
#define OWPOOLCTL_COMMANDS_H_

#include <string>

#include "absl/status/status.h"
#include "owpoolctl/admin_client.h"
#include "owpoolctl/arguments.h"
#include "owpoolctl/terminal.h"
#include "owpoolctl/text.h"

namespace owpool::ctl {

// What a command works with.
struct Session {
  const AdminClient& client;
  const Arguments& arguments;
  Style style;  // Of standard output.
};

absl::Status runPs(const Session& session);
absl::Status runTop(const Session& session);
absl::Status runLogs(const Session& session);
absl::Status runWhy(const Session& session);
absl::Status runNamespaceList(const Session& session);
absl::Status runNamespaceCreate(const Session& session);
absl::Status runNamespaceRenew(const Session& session);
absl::Status runNamespaceRemove(const Session& session);
absl::Status runNamespaceLimits(const Session& session);

// What they print. Pure; each takes the daemon's answer.

// Of GET /containers.
std::string containersText(const json::Value& answer);
// Of GET /stats: at most as many rows and columns as there are. Ends with a line end.
std::string frameText(const json::Value& stats, TerminalSize size, Style style);
// Of GET /logs.
std::string logLinesText(const json::Value& answer, Style style);

// Of GET /namespaces.
std::string namespacesText(const json::Value& answer);

}  // namespace owpool::ctl

#endif  // OWPOOLCTL_COMMANDS_H_
