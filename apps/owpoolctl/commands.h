// One function for each command of owpoolctl: asks the daemon, prints on standard output.
#ifndef OWPOOLCTL_COMMANDS_H_
#define OWPOOLCTL_COMMANDS_H_

#include <string>

#include "absl/status/status.h"
#include "owpoolctl/admin_client.h"
#include "owpoolctl/arguments.h"
#include "owpoolctl/text.h"

namespace owpool::ctl {

// What a command works with.
struct Session {
  const AdminClient& client;
  const Arguments& arguments;
  Style style;  // Of standard output.
};

absl::Status runPs(const Session& session);

// The table of ps. Pure; "answer" is that of GET /containers.
std::string containersText(const json::Value& answer);

}  // namespace owpool::ctl

#endif  // OWPOOLCTL_COMMANDS_H_
