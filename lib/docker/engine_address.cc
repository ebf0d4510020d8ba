#include "docker/engine_address.h"

#include <fmt/format.h>

#include "http/connector.h"

namespace owpool::docker {

absl::StatusOr<std::string> engineAddress(const std::string& text, bool allow_tcp) {
  const std::string unix_scheme = "unix://";
  const std::string tcp_scheme = "tcp://";
  if (text.empty()) return std::string("unix:/var/run/docker.sock");
  std::string address;
  if (text.rfind(unix_scheme, 0) == 0) {
    address = "unix:" + text.substr(unix_scheme.size());
    if (text.size() == unix_scheme.size() || text[unix_scheme.size()] != '/') address.clear();
  } else if (text.rfind(tcp_scheme, 0) == 0) {
    if (!allow_tcp) {
      return absl::InvalidArgumentError(fmt::format(
          "the engine's address \"{}\" is TCP without TLS, which gives root on that machine to "
          "whoever can connect or listen in: it has to be allowed explicitly",
          text));
    }
    address = text.substr(tcp_scheme.size());
    if (!address.empty() && address.back() == '/') address.pop_back();
  }
  if (!http::parseAddress(address).has_value()) {
    return absl::InvalidArgumentError(fmt::format(
        "the engine's address \"{}\" is neither unix:///PATH (of at most 107 characters) nor "
        "tcp://HOST:PORT",
        text));
  }
  return address;
}

}  // namespace owpool::docker
