// The parts of a request target. Pure.
#ifndef OWPOOL_HTTP_URL_H_
#define OWPOOL_HTTP_URL_H_

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace owpool::http {

// nullopt if a '%' is not followed by two hexadecimal digits, or makes a NUL byte.
// "plus_is_space": as in a query.
std::optional<std::string> percentDecoded(std::string_view text, bool plus_is_space);

struct Target {
  std::string path;                   // Still encoded.
  std::vector<std::string> segments;  // "/a/b" and "/a/b/" give two, "/" none, "/a//b" three.
  std::map<std::string, std::string> query;  // Of repeated ones the last.
  std::vector<std::pair<std::string, std::string>> query_fields;  // All, in order.
};

// nullopt if some part cannot be decoded.
std::optional<Target> splitTarget(std::string_view target);

}  // namespace owpool::http

#endif  // OWPOOL_HTTP_URL_H_
