// Opens connections, within a deadline.
#ifndef OWPOOL_HTTP_CONNECTOR_H_
#define OWPOOL_HTTP_CONNECTOR_H_

#include <atomic>
#include <optional>
#include <string>
#include <string_view>

#include "http/connection.h"

namespace owpool::http {

// "host:port", "[::1]:port" or "unix:/path".
struct Address {
  std::string host;
  std::string port;
  std::string unix_path;  // Empty unless it is one.
};

// nullopt if it is none of these, or if the path is too long for a socket.
std::optional<Address> parseAddress(std::string_view text);

// A connected, non-blocking socket that programs started by us do not inherit. nullopt
// if nobody accepted it in time. A host that is a name, not a number, is looked up
// without regard to the deadline.
std::optional<int> connectTo(const Address& address, Deadline deadline,
                             const std::atomic<bool>* abort);

}  // namespace owpool::http

#endif  // OWPOOL_HTTP_CONNECTOR_H_
